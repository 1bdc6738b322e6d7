import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { PolicyValidationStack, PolicyViolation } from 'aws-cdk-lib';
import { keyOf, type Memory } from '../memory';
import { type Pack, type PackFinding, versionOf } from '../packs/pack';
import type { Subject } from '../subject';
import type { SchemaEngine } from './engine';

/** Changes whenever an answer's form or meaning does, so that no old one is read. */
const FORMAT = 2;

export interface SchemaValidationProps {
  readonly engine: SchemaEngine;
  /** Answers already given. */
  readonly memory: Memory;
}

/**
 * Validation against the CloudFormation resource schemas that remembers its answer for each template, so that the
 * engine is asked only about those that have none yet.
 */
export class SchemaValidation {
  constructor(private readonly props: SchemaValidationProps) {}

  validate(stacks: readonly PolicyValidationStack[]): readonly PolicyViolation[] {
    const { engine, memory } = this.props;
    const versions = [versionOf('aws-cdk-lib/package.json'), engineVersion(), process.version];
    const keys = new Map(stacks.map((stack) => [stack, memory.keeps ? keyFor(stack, versions) : '']));
    const answers = new Map<PolicyValidationStack, readonly PolicyViolation[]>();
    for (const [stack, key] of keys) {
      const known = memory.recall<readonly PolicyViolation[]>(key);
      if (known) answers.set(stack, known);
    }
    const missed = stacks.filter((stack) => !answers.has(stack));
    const found = missed.length > 0 ? engine.validate(missed) : [];
    refuseStray(found, missed);
    for (const stack of missed) {
      const own = of(stack, found);
      memory.remember(keys.get(stack) ?? '', own);
      answers.set(stack, own);
    }
    return stacks.flatMap((stack) => placed(stack, answers.get(stack) ?? []));
  }
}

/** The key is everything that decides the answer. */
const keyFor = (stack: PolicyValidationStack, versions: readonly string[]): string =>
  keyOf('schema', [
    FORMAT,
    ...versions,
    stack.stackConstructPath,
    stack.accountId ?? null,
    stack.region ?? null,
    readFileSync(stack.templatePath, 'utf8'),
  ]);

/** The CloudFormation schemas as a pack. Its warnings gate too: a made-up enum value is only a warning to it. */
export function schemaPack(validation: SchemaValidation): Pack {
  const name = 'CloudFormation';
  return {
    name,
    gating: true,
    run: (subject) => {
      const violations = validation.validate(subject.context.stackTemplates);
      return {
        name,
        version: engineVersion(),
        gating: true,
        rules: [],
        judged: resourcesIn(subject),
        findings: violations.flatMap((violation) => findingsOf(violation, name, subject)),
      };
    },
  };
}

function findingsOf(violation: PolicyViolation, pack: string, subject: Subject): PackFinding[] {
  return violation.violatingResources.map((at) => {
    const stack = subject.context.stackTemplates.find((each) => each.templatePath === at.templatePath);
    const stackPath = stack?.stackConstructPath ?? '';
    const resource = at.resourceLogicalId && subject.pathOf(stackPath, at.resourceLogicalId);
    return {
      id: violation.ruleName,
      pack,
      gating: true,
      rows: [],
      description: violation.description,
      why: '',
      remedy: violation.fix ?? '',
      resource: resource || at.constructPath || `${stackPath}/${at.resourceLogicalId ?? ''}`,
      location: at.locations[0] ?? '',
    };
  });
}

/** Every resource of every template given: the engine reads whole templates. */
const resourcesIn = (subject: Subject): string[] =>
  [...subject.templates].flatMap(([stack, template]) =>
    Object.keys(template.Resources ?? {}).map((id) => subject.pathOf(stack, id) ?? `${stack}/${id}`),
  );

/** A finding that fits no template could be remembered with none, and would be lost. */
function refuseStray(violations: readonly PolicyViolation[], stacks: readonly PolicyValidationStack[]): void {
  const paths = new Set(stacks.map((stack) => stack.templatePath));
  const stray = violations.find(
    ({ violatingResources: places }) =>
      places.length === 0 || places.some((at) => at.templatePath === undefined || !paths.has(at.templatePath)),
  );
  if (stray) throw new Error(`${stray.ruleName} (${stray.description}) was found in no template that was asked about`);
}

/** A stack's share of the violations, without the place of its template on this machine. */
function of(stack: PolicyValidationStack, violations: readonly PolicyViolation[]): PolicyViolation[] {
  return violations.flatMap((violation) => {
    const here = violation.violatingResources.filter((at) => at.templatePath === stack.templatePath);
    return here.length === 0
      ? []
      : [{ ...violation, violatingResources: here.map(({ templatePath: _, ...at }) => at) }];
  });
}

const placed = (stack: PolicyValidationStack, violations: readonly PolicyViolation[]): PolicyViolation[] =>
  violations.map((violation) => ({
    ...violation,
    violatingResources: violation.violatingResources.map((at) => ({ ...at, templatePath: stack.templatePath })),
  }));

/** Version of the engine that ships inside aws-cdk-lib. Read from its package, because loading it takes a while. */
function engineVersion(): string {
  const library = dirname(require.resolve('aws-cdk-lib/package.json'));
  const engine = require.resolve('@aws/cloudformation-validate/package.json', { paths: [library] });
  return versionOf(engine);
}

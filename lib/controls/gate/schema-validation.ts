import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { PolicyValidationStack, PolicyViolation } from 'aws-cdk-lib';
import type { GateFinding } from './finding';
import type { Pack } from './packs';
import { versionOf } from './packs';
import type { SchemaEngine } from './schema-engine';
import type { Subject } from './subject';

/** Changes whenever an entry's form or meaning does, so that no old one is read. */
const FORMAT = 1;

export interface SchemaValidationProps {
  readonly engine: SchemaEngine;
  /** Folder of the answers already given. @default - none is kept: every template is validated anew */
  readonly cacheFolder?: string;
}

/** An answer as it is stored. The digest tells a whole entry from a torn or meddled one. */
interface Entry {
  readonly key: string;
  readonly violations: readonly PolicyViolation[];
  readonly digest: string;
}

/**
 * Validation against the CloudFormation resource schemas that remembers its answer for each template, so that the
 * engine is asked only about those that have none yet.
 */
export class SchemaValidation {
  constructor(private readonly props: SchemaValidationProps) {}

  validate(stacks: readonly PolicyValidationStack[]): readonly PolicyViolation[] {
    const answers = new Map<PolicyValidationStack, readonly PolicyViolation[]>();
    for (const stack of stacks) {
      const known = this.recall(stack);
      if (known) answers.set(stack, known);
    }
    const missed = stacks.filter((stack) => !answers.has(stack));
    const found = missed.length > 0 ? this.props.engine.validate(missed) : [];
    refuseStray(found, missed);
    for (const stack of missed) {
      const own = of(stack, found);
      this.remember(stack, own);
      answers.set(stack, own);
    }
    return stacks.flatMap((stack) => placed(stack, answers.get(stack) ?? []));
  }

  /** The key is everything that decides the answer. */
  private keyOf(stack: PolicyValidationStack): string {
    const decides = [
      FORMAT,
      versionOf('aws-cdk-lib/package.json'),
      engineVersion(),
      process.version,
      stack.stackConstructPath,
      stack.accountId ?? null,
      stack.region ?? null,
      readFileSync(stack.templatePath, 'utf8'),
    ];
    return sha256(JSON.stringify(decides));
  }

  private recall(stack: PolicyValidationStack): readonly PolicyViolation[] | undefined {
    const { cacheFolder } = this.props;
    if (cacheFolder === undefined) return undefined;
    const key = this.keyOf(stack);
    try {
      const entry = JSON.parse(readFileSync(join(cacheFolder, `${key}.json`), 'utf8')) as Entry;
      return entry.key === key && entry.digest === digestOf(key, entry.violations) ? entry.violations : undefined;
    } catch {
      return undefined;
    }
  }

  private remember(stack: PolicyValidationStack, violations: readonly PolicyViolation[]): void {
    const { cacheFolder } = this.props;
    if (cacheFolder === undefined) return;
    const key = this.keyOf(stack);
    const entry: Entry = { key, violations, digest: digestOf(key, violations) };
    const file = join(cacheFolder, `${key}.json`);
    try {
      mkdirSync(cacheFolder, { recursive: true });
      // Written aside and renamed, so that a synthesis running beside this one never reads half an entry.
      writeFileSync(`${file}.${process.pid}`, JSON.stringify(entry));
      renameSync(`${file}.${process.pid}`, file);
    } catch {
      // A cache that can't be written costs time next time and nothing else.
    }
  }
}

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

function findingsOf(violation: PolicyViolation, pack: string, subject: Subject): GateFinding[] {
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
      source: resource ? subject.sourceOf(resource) : undefined,
    };
  });
}

/** Every resource of every template given: the engine reads whole templates. */
function resourcesIn(subject: Subject): ReadonlySet<string> {
  return new Set(
    [...subject.templates].flatMap(([stack, template]) =>
      Object.keys(template.Resources ?? {}).map((id) => subject.pathOf(stack, id) ?? `${stack}/${id}`),
    ),
  );
}

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

const digestOf = (key: string, violations: readonly PolicyViolation[]): string =>
  sha256(`${key}\n${JSON.stringify(violations)}`);

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

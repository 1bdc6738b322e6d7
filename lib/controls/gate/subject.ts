import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CfnResource, type IPolicyValidationContext, Stack, Validations } from 'aws-cdk-lib';
import { ArtifactMetadataEntryType } from 'aws-cdk-lib/cloud-assembly-schema';
import type { IConstruct } from 'constructs';
import type { Template } from '../view';
import { overridesOf } from './overrides';

/** An acknowledgement through the CDK's own mechanism, which has neither owner nor expiry. */
export interface Acknowledgement {
  readonly construct: string;
  readonly ids: readonly string[];
}

/** An error that a construct, ours or the library's, reported about itself without ending the synthesis. */
export interface ConstructError {
  readonly construct: string;
  readonly message: string;
}

const PROJECT = resolve(__dirname, '..', '..', '..');

/**
 * What the gate judges: the construct tree and the templates on disk, with the ways from a template's resource to its
 * construct and on to the line that created it.
 */
export class Subject {
  /** Every resource in the tree, by construct path. */
  readonly resources: ReadonlyMap<string, CfnResource>;
  /** The templates that would be deployed, by the stack's construct path. */
  readonly templates: ReadonlyMap<string, Template>;
  readonly acknowledgements: readonly Acknowledgement[];
  readonly errors: readonly ConstructError[];
  private readonly paths = new Map<string, string>();

  constructor(readonly context: IPolicyValidationContext) {
    const resources = new Map<string, CfnResource>();
    const acknowledgements: Acknowledgement[] = [];
    const errors: ConstructError[] = [];
    for (const construct of context.appConstruct.node.findAll()) {
      const ids = acknowledged(construct);
      errors.push(...errorsOf(construct));
      if (ids.length > 0) acknowledgements.push({ construct: construct.node.path || 'the app', ids });
      if (!CfnResource.isCfnResource(construct)) continue;
      resources.set(construct.node.path, construct);
      const stack = Stack.of(construct);
      this.paths.set(`${stack.node.path}\n${String(stack.resolve(construct.logicalId))}`, construct.node.path);
    }
    this.resources = resources;
    this.acknowledgements = acknowledgements;
    this.errors = errors;
    this.templates = new Map(
      context.stackTemplates.map((each) => [
        each.stackConstructPath,
        JSON.parse(readFileSync(each.templatePath, 'utf8')) as Template,
      ]),
    );
  }

  /** Construct path of a template's resource; nothing when no construct in the tree made it. */
  pathOf(stackPath: string, logicalId: string): string | undefined {
    return this.paths.get(`${stackPath}\n${logicalId}`);
  }

  /**
   * File and line, relative to the project, of what is wrong at a place in the resource at a construct path: the
   * override that wrote there, else the line that created the resource.
   */
  sourceOf(constructPath: string, location = ''): string | undefined {
    const resource = this.resources.get(constructPath);
    if (!resource) return undefined;
    const override = overridesOf(resource).findLast((each) => touches(each.path, location));
    return (override && lineIn(override.trace)) ?? lineIn(resource.creationStack);
  }
}

/**
 * Whether an override reaches a location: it wrote there, beneath it, or what it stands in. A finding about all of the
 * properties is one of cdk-nag, which judges the construct and sees no override.
 */
const touches = (override: string, location: string): boolean =>
  location !== '' && location !== 'Properties' && (within(location, override) || within(override, location));

const within = (path: string, outer: string): boolean => path === outer || path.startsWith(`${outer}.`);

/** What makes constructs for others: the line that called it tells more than its own. */
const MAKES_FOR_OTHERS = 'lib/constructs/alarms/registrar.ts';

/** The first line of the kit in a trace, past those that make for others. */
function lineIn(frames: readonly string[]): string | undefined {
  const own = frames.flatMap((frame) => {
    const [, file, line] = /\(?((?:file:|\/|[A-Za-z]:)[^()]*?):(\d+)(?::\d+)?\)?$/.exec(frame) ?? [];
    if (!file) return [];
    const path = relative(PROJECT, file.startsWith('file:') ? fileURLToPath(file) : file).replaceAll('\\', '/');
    return path.includes('node_modules/') ? [] : [{ path, line }];
  });
  const at = own.find(({ path }) => path !== MAKES_FOR_OTHERS) ?? own[0];
  return at && `${at.path}:${at.line}`;
}

/** As `Annotations.addError` leaves them. */
const errorsOf = (construct: IConstruct): ConstructError[] =>
  construct.node.metadata
    .filter((entry) => entry.type === ArtifactMetadataEntryType.ERROR)
    .map((entry) => ({ construct: construct.node.path || 'the app', message: String(entry.data) }));

function acknowledged(construct: IConstruct): readonly string[] {
  return construct.node.metadata
    .filter((entry) => entry.type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap((entry) => Object.keys(entry.data ?? {}));
}

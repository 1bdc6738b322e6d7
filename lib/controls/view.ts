/** Any JSON value, as a template holds it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export type Tier = 'development' | 'staging' | 'production';

/** Tells which tier the environment at a stage's construct path has; nothing for a stage that is no environment. */
export type TierOf = (stagePath: string) => Tier | undefined;

/** A CloudFormation template as it will be deployed. */
export interface Template {
  readonly Resources?: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: Json; readonly Export?: { readonly Name: Json } }>>;
  readonly Parameters?: Readonly<Record<string, JsonObject>>;
  readonly [section: string]: unknown;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: JsonObject;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Condition?: string;
  readonly Metadata?: JsonObject;
  readonly [attribute: string]: unknown;
}

/** One rendered resource: what CloudFormation will see, escape hatches included. */
export interface Resource {
  readonly logicalId: string;
  /** Id of the stack inside its environment, such as `data`. */
  readonly stack: string;
  readonly type: string;
  readonly properties: JsonObject;
  readonly deletionPolicy?: string;
  readonly updateReplacePolicy?: string;
  readonly metadata: JsonObject;
  /** Construct path, such as `prod/data/Database/Resource`; the logical id where the template doesn't say. */
  readonly path: string;
}

/** A folder that a container image is built from, as it lies in the assembly. */
export interface ImageFolder {
  /** Its files, by their path inside it, in alphabetical order. */
  readonly files: readonly string[];
  /** The text of one file; nothing when it has no such file. */
  readonly text: (file: string) => string | undefined;
  /** How the build is told to go, beside the folder: `platform`, `dockerBuildArgs` … as the asset manifest names them. */
  readonly build: JsonObject;
}

/** A folder that stands in memory. */
export const imageFolder = (
  files: Readonly<Record<string, string>>,
  build: JsonObject = { platform: 'linux/arm64' },
): ImageFolder => ({ files: Object.keys(files).sort(), text: (file) => files[file], build });

/** Where CloudFormation knows a stack. */
export interface StackPlace {
  /** Name of the stack in CloudFormation. */
  readonly name: string;
  /** Region that a reference names; nothing where the stack has none of its own. */
  readonly region?: string;
}

/** An output that another stack reads. */
export interface Imported {
  /** Id of the stack that has the output. */
  readonly stack: string;
  readonly value: Json;
}

/** What a view knows beside the templates. */
export interface ViewOptions {
  /**
   * Construct path of a resource, where the construct tree is at hand: it can't be overridden as metadata can.
   *
   * @default - what the template says
   */
  readonly pathOf?: (stack: string, logicalId: string) => string | undefined;
  /** Place of a stack, by its id inside the environment. @default - none is known, and no reference by name leads anywhere */
  readonly placeOf?: (stack: string) => StackPlace | undefined;
  /** Folders of the images that a deployment builds, by the hash that is their tag. @default - none */
  readonly images?: ReadonlyMap<string, ImageFolder>;
}

/** Narrows a JSON value to an object; anything else is an empty one. */
export function asObject(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

/** Narrows a JSON value to a list; a single value is a list of one, as in IAM; nothing is an empty one. */
export function asList(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value as Json];
}

/** The value at a dotted path, such as `VersioningConfiguration.Status` or `Rules.0.Id`. */
export function at(value: Json | undefined, path: string): Json | undefined {
  let current: unknown = value;
  for (const key of path.split('.')) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = (current as Record<string, unknown>)[key];
  }
  return current as Json | undefined;
}

/**
 * Whether a value reads an output of another stack: by an export, which can't change or go while it is imported, or by
 * the names of stack and output, which hold nothing fast.
 */
export const isImport = (value: Json | undefined): boolean =>
  'Fn::ImportValue' in asObject(value) || 'Fn::GetStackOutput' in asObject(value);

/** Key of a reference by name. Whatever else it says, such as a role to read with, leads out of the environment. */
function outputKey(reference: Json | undefined): string {
  const { StackName = null, OutputName = null, Region = null, ...others } = asObject(reference);
  return JSON.stringify([StackName, OutputName, Region, others]);
}

function statedPath(resource: TemplateResource): string | undefined {
  const path = resource.Metadata?.['aws:cdk:path'];
  return typeof path === 'string' ? path : undefined;
}

/**
 * One environment as rendered: every stack's template, with references followed within and across stacks.
 * Controls judge this and nothing else, so that nothing in the construct tree can hide from them.
 */
export class EnvironmentView {
  readonly resources: readonly Resource[];
  private readonly byId = new Map<string, Resource>();
  private readonly byType = new Map<string, Resource[]>();
  private readonly exports = new Map<string, Imported>();
  private readonly outputs = new Map<string, Imported>();

  constructor(
    readonly name: string,
    readonly tier: Tier,
    /** Templates by the stack's id inside the environment. */
    readonly templates: Readonly<Record<string, Template>>,
    readonly options: ViewOptions = {},
  ) {
    const resources: Resource[] = [];
    for (const [stack, template] of Object.entries(templates)) {
      for (const [logicalId, raw] of Object.entries(template.Resources ?? {})) {
        const resource: Resource = {
          logicalId,
          stack,
          type: raw.Type,
          properties: raw.Properties ?? {},
          deletionPolicy: raw.DeletionPolicy,
          updateReplacePolicy: raw.UpdateReplacePolicy,
          metadata: raw.Metadata ?? {},
          path: options.pathOf?.(stack, logicalId) ?? statedPath(raw) ?? `${name}/${stack}/${logicalId}`,
        };
        resources.push(resource);
        this.byId.set(`${stack}/${logicalId}`, resource);
        const sameType = this.byType.get(raw.Type);
        if (sameType) sameType.push(resource);
        else this.byType.set(raw.Type, [resource]);
      }
      const place = options.placeOf?.(stack);
      for (const [OutputName, output] of Object.entries(template.Outputs ?? {})) {
        const read: Imported = { stack, value: output.Value };
        if (typeof output.Export?.Name === 'string') this.exports.set(output.Export.Name, read);
        if (!place) continue;
        const Region = place.region ?? { Ref: 'AWS::Region' };
        this.outputs.set(outputKey({ StackName: place.name, OutputName, Region }), read);
      }
    }
    this.resources = resources;
  }

  /** Every resource of a type. */
  ofType(type: string): readonly Resource[] {
    return this.byType.get(type) ?? [];
  }

  /** The folder that a container's image is built from; nothing for an image that is not built here. */
  imageFolder(image: Json | undefined): ImageFolder | undefined {
    const [, hash] = /:([0-9a-f]{64})$/.exec(this.text(image)) ?? [];
    return hash === undefined ? undefined : this.options.images?.get(hash);
  }

  /** The same environment with other templates. */
  with(templates: Readonly<Record<string, Template>>): EnvironmentView {
    return new EnvironmentView(this.name, this.tier, templates, this.options);
  }

  /** The output that an `Fn::ImportValue` or `Fn::GetStackOutput` reads; nothing when this environment has no such output. */
  imported(value: Json | undefined): Imported | undefined {
    const { 'Fn::ImportValue': exported, 'Fn::GetStackOutput': named } = asObject(value);
    if (typeof exported === 'string') return this.exports.get(exported);
    return named === undefined ? undefined : this.outputs.get(outputKey(named));
  }

  /** The resource that a `Ref`, an `Fn::GetAtt` or an import in `from`'s stack points at. */
  target(value: Json | undefined, from: { readonly stack: string }): Resource | undefined {
    const node = asObject(value);
    if (typeof node.Ref === 'string') return this.byId.get(`${from.stack}/${node.Ref}`);
    const attribute = node['Fn::GetAtt'];
    if (attribute !== undefined) {
      const id = typeof attribute === 'string' ? attribute.split('.')[0] : asList(attribute)[0];
      return this.byId.get(`${from.stack}/${String(id)}`);
    }
    const imported = this.imported(node);
    return imported && this.target(imported.value, imported);
  }

  /** Every resource referenced anywhere inside a value: in joins, substitutions, lists and objects too. */
  targets(value: Json | undefined, from: { readonly stack: string }): readonly Resource[] {
    const found = new Set<Resource>();
    const visit = (node: Json | undefined): void => {
      if (typeof node !== 'object' || node === null) return;
      const direct = this.target(node, from);
      if (direct) found.add(direct);
      const substitution = asList(asObject(node)['Fn::Sub'])[0];
      if (typeof substitution === 'string') {
        for (const [, id] of substitution.matchAll(/\$\{([A-Za-z0-9]+)[.}]/g)) {
          const named = this.byId.get(`${from.stack}/${id}`);
          if (named) found.add(named);
        }
      }
      for (const child of Array.isArray(node) ? node : Object.values(node)) visit(child);
    };
    visit(value);
    return [...found];
  }

  /**
   * A value as text: joins and substitutions are put together, references become `${LogicalId}` or
   * `${LogicalId.Attribute}`, pseudo parameters `${AWS::Region}`. What can't be told becomes `${?}`.
   */
  text(value: Json | undefined): string {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
    const node = asObject(value);
    if (typeof node.Ref === 'string') return `\${${node.Ref}}`;
    const attribute = node['Fn::GetAtt'];
    if (attribute !== undefined) return `\${${asList(attribute).map(String).join('.')}}`;
    const joined = node['Fn::Join'];
    if (Array.isArray(joined))
      return asList(joined[1])
        .map((part) => this.text(part))
        .join(String(joined[0]));
    const substitution = asList(node['Fn::Sub'])[0];
    if (typeof substitution === 'string') return substitution;
    const imported = this.imported(node);
    return imported ? this.text(imported.value) : '${?}';
  }
}

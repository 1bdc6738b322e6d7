import type { EnvironmentView, Json, JsonObject, Resource } from '../../../lib/controls/view';
import type { Edit } from './sabotage';

/** One value inside one resource. Generators are asked about every one. */
export interface Site {
  readonly view: EnvironmentView;
  readonly resource: Resource;
  /** Below `Properties`. */
  readonly path: readonly (string | number)[];
  readonly value: Json;
  /** Name of the property, or of the property whose list the value is in. */
  readonly key: string;
  /** The object or list that holds the value. */
  readonly parent: Json;
}

/** What a generator proposes for a site: another value, or none at all. */
export interface Mutation {
  readonly kind: string;
  readonly to?: Json;
  /** Changes elsewhere that the new value needs, such as an export to import. */
  readonly also?: readonly Edit[];
}

export type SiteGenerator = (site: Site) => readonly Mutation[];

const INTRINSIC = /^(Ref|Condition|Fn::\w+)$/;

/** Whether a value is a reference or another function, which is changed whole and never from the inside. */
export function isIntrinsic(value: Json | undefined): value is JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const keys = Object.keys(value);
  return keys.length === 1 && INTRINSIC.test(keys[0] as string);
}

/** Whether a value is an IAM statement. */
export function isStatement(value: Json | undefined): value is JsonObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    (value as JsonObject).Effect !== undefined &&
    ('Action' in value || 'NotAction' in value)
  );
}

/** Every site of a resource, parents before what they hold. */
export function sitesOf(view: EnvironmentView, resource: Resource): readonly Site[] {
  const sites: Site[] = [];
  const visit = (value: Json, path: readonly (string | number)[], key: string, parent: Json): void => {
    if (path.length > 0) sites.push({ view, resource, path, value, key, parent });
    // What stands in a statement is changed by the statement's own generator: fewer rights are no weakening.
    if (typeof value !== 'object' || value === null || isIntrinsic(value) || isStatement(value)) return;
    const isList = Array.isArray(value);
    for (const [name, item] of Object.entries(value) as [string, Json][]) {
      visit(item, [...path, isList ? Number(name) : name], isList ? key : name, value);
    }
  };
  visit(resource.properties, [], '', null);
  return sites;
}

import { asObject, type Json, type JsonObject } from '../controls/view';

/** Metadata that says where a construct or a file stands and changes without the resource changing. */
const VOLATILE_METADATA = /^aws:(cdk|asset):/;
/** Content hash of an asset: 64 hexadecimal digits. An image's digest is no such hash: it says what runs. */
const ASSET_HASH = /(?<!sha256:)(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g;
/** What the CDK adds to every template for itself. */
const CDK_OWN = { Parameters: 'BootstrapVersion', Rules: 'CheckBootstrapVersion', Conditions: 'CDKMetadataAvailable' };
const CDK_METADATA_TYPE = 'AWS::CDK::Metadata';

/** Order in which people read a template and a resource; other keys follow by name. */
const SECTIONS = ['Description', 'Parameters', 'Rules', 'Mappings', 'Conditions', 'Resources', 'Outputs'];
const ATTRIBUTES = [
  'Type',
  'Metadata',
  'Condition',
  'DependsOn',
  'DeletionPolicy',
  'UpdateReplacePolicy',
  'Properties',
];

/**
 * A template as reviewers read it: keys in a fixed order, asset hashes masked, and nothing that changes without the
 * resources changing. Exceptions and alarm rows stay in the metadata, for they are what a review is about.
 */
export function normalise(template: JsonObject): JsonObject {
  const sections = Object.entries(template).map(([name, section]): [string, Json] => {
    if (typeof section !== 'object' || section === null) return [name, masked(section)];
    const own = CDK_OWN[name as keyof typeof CDK_OWN];
    const entries = Object.entries(section).filter(([id, entry]) => id !== own && !isCdkMetadata(entry));
    return [name, name === 'Resources' ? resourcesOf(entries) : inOrder(entries.map(([id, e]) => [id, masked(e)]))];
  });
  return inOrder(
    sections.filter(([, section]) => typeof section !== 'object' || Object.keys(asObject(section)).length > 0),
    SECTIONS,
  );
}

const isCdkMetadata = (entry: Json): boolean => asObject(entry).Type === CDK_METADATA_TYPE;

function resourcesOf(entries: readonly (readonly [string, Json])[]): JsonObject {
  return inOrder(
    entries.map(([id, resource]) => {
      const attributes = Object.entries(asObject(resource)).flatMap(([name, value]): [string, Json][] => {
        if (name !== 'Metadata') return [[name, masked(value)]];
        const kept = Object.entries(asObject(value)).filter(([key]) => !VOLATILE_METADATA.test(key));
        return kept.length > 0 ? [[name, masked(Object.fromEntries(kept))]] : [];
      });
      return [id, inOrder(attributes, ATTRIBUTES)];
    }),
  );
}

/** The value with sorted keys and without asset hashes. The order of a list may mean something, so it stays. */
function masked(value: Json): Json {
  if (typeof value === 'string') return value.replace(ASSET_HASH, '<asset-hash>');
  if (Array.isArray(value)) return value.map((entry: Json) => masked(entry));
  if (typeof value !== 'object' || value === null) return value;
  return inOrder(Object.entries(value).map(([key, entry]) => [key, masked(entry)]));
}

function inOrder(entries: readonly (readonly [string, Json])[], first: readonly string[] = []): JsonObject {
  const rank = (key: string) => (first.includes(key) ? first.indexOf(key) : first.length);
  return Object.fromEntries([...entries].sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0)));
}

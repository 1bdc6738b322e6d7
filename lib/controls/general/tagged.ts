import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import { resourceTypes } from '../rules/resource-types';
import { asList, asObject, type EnvironmentView, type Json, type JsonObject } from '../view';

const ENVIRONMENT = 'breakwater:environment';
const TIER = 'breakwater:tier';
const APPLICATION = 'breakwater:application';
/** What an account has once for all its environments says so and has no tier. */
const SHARED = 'shared';

const bucket = (tags: Readonly<Record<string, string>>) => ({
  Bucket: {
    Type: 'AWS::S3::Bucket',
    Properties: { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
  },
});

export const control: RuleControl = {
  id: 'tagged',
  title: 'Every part says which environment it is of, and of which tier',
  holds: ['C15/enforce'],
  tiers: everyTier,
  why: 'In an incident a part without a name is taken for somebody else’s, or deleted as nobody’s.',
  remedy: 'Put the resource into an EnvironmentStack, which tags what is in it.',
  protects: Object.entries(resourceTypes).flatMap(([type, property]) =>
    property ? [{ type, properties: [property] }] : [],
  ),
  check: (environment) => {
    const application = applicationOf(environment);
    return environment.resources.flatMap((resource): Finding[] => {
      const property = resourceTypes[resource.type];
      if (!property) return [];
      const tags = tagsOf(resource.properties[property]);
      const { name, tier } = environment;
      if (tags[ENVIRONMENT] === name && tags[TIER] === tier && tags[APPLICATION] === application) return [];
      if (tags[ENVIRONMENT] === SHARED && resource.type === 'AWS::IAM::OIDCProvider') return [];
      const expected = `${APPLICATION} ${application}, ${ENVIRONMENT} ${name} and ${TIER} ${tier}`;
      return [{ resource, location: `Properties.${property}`, found: shown(resource.properties[property]), expected }];
    });
  },
  fixtures: {
    pass: [
      fixture(
        'a bucket of production',
        bucket({ [APPLICATION]: 'ums', [ENVIRONMENT]: 'fixture', [TIER]: 'production' }),
      ),
      fixture('a type without tags', { Policy: { Type: 'AWS::S3::BucketPolicy' } }),
    ],
    refuse: [
      fixture('no tags', { Bucket: { Type: 'AWS::S3::Bucket' } }),
      fixture('no application', bucket({ [ENVIRONMENT]: 'fixture', [TIER]: 'production' })),
      fixture('no environment', bucket({ [APPLICATION]: 'ums', [TIER]: 'production' })),
      fixture('no tier', bucket({ [APPLICATION]: 'ums', [ENVIRONMENT]: 'fixture' })),
      fixture('another tier', bucket({ [APPLICATION]: 'ums', [ENVIRONMENT]: 'fixture', [TIER]: 'development' })),
      fixture('another environment', bucket({ [APPLICATION]: 'ums', [ENVIRONMENT]: 'dev', [TIER]: 'production' })),
    ],
  },
};

/** The application that most parts name. */
function applicationOf(environment: EnvironmentView): string {
  const counts = new Map<string, number>();
  for (const { type, properties } of environment.resources) {
    const property = resourceTypes[type];
    const name = property && tagsOf(properties[property])[APPLICATION];
    if (typeof name === 'string' && name !== '') counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? 'its application';
}

const tagsOf = (value: Json | undefined): JsonObject =>
  Object.fromEntries(
    asList(value)
      .map(asObject)
      .map((tag) => [String(tag.Key), tag.Value ?? null]),
  );

import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import { resourceTypes } from '../resource-types';
import { asList, asObject, type Json, type JsonObject } from '../view';

const ENVIRONMENT = 'breakwater:environment';
const TIER = 'breakwater:tier';
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
  check: (environment) =>
    environment.resources.flatMap((resource): Finding[] => {
      const property = resourceTypes[resource.type];
      if (!property) return [];
      const tags = tagsOf(resource.properties[property]);
      if (tags[ENVIRONMENT] === environment.name && tags[TIER] === environment.tier) return [];
      if (tags[ENVIRONMENT] === SHARED && resource.type === 'AWS::IAM::OIDCProvider') return [];
      const expected = `${ENVIRONMENT} ${environment.name} and ${TIER} ${environment.tier}`;
      return [{ resource, location: `Properties.${property}`, found: shown(resource.properties[property]), expected }];
    }),
  fixtures: {
    pass: [
      fixture('a bucket of production', bucket({ [ENVIRONMENT]: 'fixture', [TIER]: 'production' })),
      fixture('a type without tags', { Policy: { Type: 'AWS::S3::BucketPolicy' } }),
    ],
    refuse: [
      fixture('no tags', { Bucket: { Type: 'AWS::S3::Bucket' } }),
      fixture('no environment', bucket({ [TIER]: 'production' })),
      fixture('no tier', bucket({ [ENVIRONMENT]: 'fixture' })),
      fixture('another tier', bucket({ [ENVIRONMENT]: 'fixture', [TIER]: 'development' })),
      fixture('another environment', bucket({ [ENVIRONMENT]: 'dev', [TIER]: 'production' })),
    ],
  },
};

const tagsOf = (value: Json | undefined): JsonObject =>
  Object.fromEntries(
    asList(value)
      .map(asObject)
      .map((tag) => [String(tag.Key), tag.Value ?? null]),
  );

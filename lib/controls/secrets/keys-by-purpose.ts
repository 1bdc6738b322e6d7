import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import { at, type EnvironmentView, type Resource } from '../view';

/** What a key may be for, and where the resources of each purpose name theirs. */
const PURPOSES: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  data: {
    'AWS::RDS::DBInstance': ['KmsKeyId', 'PerformanceInsightsKMSKeyId', 'MasterUserSecret.KmsKeyId'],
    'AWS::ElastiCache::ReplicationGroup': ['KmsKeyId'],
  },
  secrets: { 'AWS::SecretsManager::Secret': ['KmsKeyId'] },
  logs: { 'AWS::Logs::LogGroup': ['KmsKeyId'], 'AWS::SNS::Topic': ['KmsMasterKeyId'] },
};

interface Use {
  readonly resource: Resource;
  readonly path: string;
  readonly purpose: string;
  readonly key: Resource;
}

function usesOf(view: EnvironmentView): readonly Use[] {
  return Object.entries(PURPOSES).flatMap(([purpose, types]) =>
    Object.entries(types).flatMap(([type, paths]) =>
      view.ofType(type).flatMap((resource) =>
        paths.flatMap((path): Use[] => {
          const key = view.target(at(resource.properties, path), resource);
          return key?.type === 'AWS::KMS::Key' ? [{ resource, path, purpose, key }] : [];
        }),
      ),
    ),
  );
}

/** What most uses of a key are for. */
function mainPurpose(uses: readonly Use[]): string {
  const count = (purpose: string) => uses.filter((use) => use.purpose === purpose).length;
  return Object.keys(PURPOSES).reduce((most, each) => (count(each) > count(most) ? each : most));
}

/** Aliases by which a person would take one key for another. */
function misnamed(view: EnvironmentView): Finding[] {
  const uses = usesOf(view);
  return view.ofType('AWS::KMS::Alias').flatMap((resource): Finding[] => {
    const [, purpose = ''] = /-(\w+)$/.exec(view.text(resource.properties.AliasName)) ?? [];
    const own = uses.filter(({ key }) => key === view.target(resource.properties.TargetKeyId, resource));
    const isRight = !(purpose in PURPOSES) || (own.length > 0 && mainPurpose(own) === purpose);
    const found = `an alias for ${purpose} on another key`;
    return isRight ? [] : [{ resource, location: 'Properties.TargetKeyId', found, expected: `the key for ${purpose}` }];
  });
}

/** Uses of a key for another purpose than most of its uses have. */
function strangers(view: EnvironmentView): Finding[] {
  const uses = usesOf(view);
  return [...new Set(uses.map(({ key }) => key))].flatMap((key) => {
    const own = uses.filter((use) => use.key === key);
    const main = mainPurpose(own);
    return own
      .filter(({ purpose }) => purpose !== main)
      .map(({ resource, path, purpose }) => ({
        resource,
        location: `Properties.${path}`,
        found: `the key ${key.path}, which is for ${main}`,
        expected: `the key for ${purpose}`,
      }));
  });
}

const key = { Type: 'AWS::KMS::Key' };
const resources = (database: string, log: string) => ({
  Data: key,
  Secrets: key,
  Logs: key,
  Db: {
    Type: 'AWS::RDS::DBInstance',
    Properties: { KmsKeyId: { Ref: 'Data' }, PerformanceInsightsKMSKeyId: { Ref: database } },
  },
  Cache: { Type: 'AWS::ElastiCache::ReplicationGroup', Properties: { KmsKeyId: { Ref: 'Data' } } },
  Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { KmsKeyId: { Ref: 'Secrets' } } },
  Other: { Type: 'AWS::SecretsManager::Secret', Properties: { KmsKeyId: { Ref: 'Secrets' } } },
  Log: { Type: 'AWS::Logs::LogGroup', Properties: { KmsKeyId: { Ref: 'Logs' } } },
  Second: { Type: 'AWS::Logs::LogGroup', Properties: { KmsKeyId: { Ref: log } } },
});

export const control: RuleControl = {
  id: 'keys-by-purpose',
  title: 'Data, secrets and logs are each under a key of their own',
  holds: ['D11/enforce'],
  tiers: everyTier,
  why: 'Whoever must read logs would be able to read the database as well, and a key could not be withdrawn without losing the rest.',
  remedy:
    'Give the construct the key of its purpose: foundation.key for logs, DataKey for data, SecretsKey for secrets.',
  protects: Object.values(PURPOSES).flatMap((types) =>
    Object.entries(types).map(([type, properties]) => ({ type, properties })),
  ),
  check: (view) => [...strangers(view), ...misnamed(view)],
  fixtures: {
    pass: [fixture('apart', resources('Data', 'Logs'))],
    refuse: [
      fixture('data under the key of logs', resources('Logs', 'Logs')),
      fixture('logs under the key of data', resources('Data', 'Data')),
      fixture('data under the key of secrets', resources('Secrets', 'Logs')),
      fixture('an alias on the wrong key', {
        ...resources('Data', 'Logs'),
        Alias: {
          Type: 'AWS::KMS::Alias',
          Properties: { AliasName: 'alias/ums-prod-data', TargetKeyId: { Ref: 'Logs' } },
        },
      }),
    ],
  },
};

import { environment as prod } from '../../../lib/config/environments/prod';
import { parseEnvironment } from '../../../lib/config/parse';
import { dataStackOf } from '../../support/data-stack';

const SECRET = 'AWS::SecretsManager::Secret';

/** Changes of an environment's file that a database, with its passwords, must outlive. */
const changes: Readonly<Record<string, object>> = {
  'the database proxy': { database: { proxy: true } },
  'another name of the database': { database: { databaseName: 'other' } },
  'a larger database with a standby less': {
    database: { instanceClass: 'm7g.large', multiAz: { enabled: false, reason: 'Nobody uses it before March' } },
  },
  'another major version': { database: { version: '18.3', slowQueryMs: 100, backupRetentionDays: 35 } },
  'no cache': { cache: { enabled: false, reason: 'Sessions are kept in signed cookies' } },
  'another cache': { cache: { enabled: true, nodeType: 'cache.m7g.large', replicas: 2 } },
  'mail, keys of others and settings': {
    app: {
      ...prod.app,
      secrets: [{ name: 'STRIPE_API_KEY', purpose: 'Takes payments' }],
      mail: { host: 'smtp.example.com', from: 'app@example.com' },
      variables: { LOG_FORMAT: 'json' },
    },
  },
  'another network': { network: { cidr: '10.9.0.0/16', zones: 3, egress: 'none' } },
  'another region': { region: 'eu-west-1' },
  'an account': {
    domain: { name: 'other.example.com', hostedZone: { id: 'Z0123456789ABCDEFGHIJ', name: 'example.com' } },
  },
};

/** What makes CloudFormation draw, or fetch, the value of each secret, by logical id. */
function valuesOf(input: object): Readonly<Record<string, string>> {
  const { template } = dataStackOf(parseEnvironment({ ...prod, ...input }, 'prod.ts'));
  return Object.fromEntries(
    Object.entries(template.findResources(SECRET)).map(([id, { Properties }]) => [
      id,
      JSON.stringify([Properties.Name, Properties.GenerateSecretString, Properties.SecretString]),
    ]),
  );
}

const usual = valuesOf({});

it('knows what is compared', () => {
  expect(Object.values(usual).filter((each) => each.includes('GenerateStringKey'))).toHaveLength(5);
});

it.each(Object.entries(changes))('%s: no password or key is drawn anew', (_what, change) => {
  const changed = valuesOf(change);
  const kept = Object.keys(usual).filter((id) => id in changed);
  expect(kept.length).toBeGreaterThanOrEqual(4);
  expect(kept.map((id) => changed[id])).toEqual(kept.map((id) => usual[id]));
});

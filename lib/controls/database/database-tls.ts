import { everyTier, fixture, type RuleControl } from '../control';
import { guard, guards, is, oneOf, satisfies } from '../expect';
import { parameters, postgresParameters } from '../rules/parameters';
import { asList, asObject, type JsonObject } from '../view';

const DB = 'AWS::RDS::DBInstance';
const GROUP = 'AWS::RDS::DBParameterGroup';
const PROXY = 'AWS::RDS::DBProxy';
const settings = { 'rds.force_ssl': '1', ssl_min_protocol_version: 'TLSv1.2' };
const instance = { CACertificateIdentifier: 'rds-ca-rsa2048-g1', DBParameterGroupName: { Ref: 'Group' } };
const login = {
  AuthScheme: 'SECRETS',
  ClientPasswordAuthType: 'POSTGRES_SCRAM_SHA_256',
  IAMAuth: 'DISABLED',
  SecretArn: { Ref: 'Login' },
};
const proxy = { RequireTLS: true, DebugLogging: false, Auth: [login] };
const database = (changed: JsonObject, group: JsonObject = settings) => ({
  Group: { Type: GROUP, Properties: { Parameters: group } },
  Db: { Type: DB, Properties: { ...instance, ...changed } },
});

export const control: RuleControl = {
  id: 'database-tls',
  title: 'The database server and its proxy speak TLS only, with a certificate that clients can verify',
  holds: ['D02/enforce'],
  tiers: everyTier,
  why: 'Without it a client that asks for no TLS gets none, and passwords and rows cross the network in plain text.',
  remedy:
    'Leave rds.force_ssl at 1, ssl_min_protocol_version at TLSv1.2 or higher, the current CA, and requireTLS of the proxy.',
  ...guards(
    parameters(postgresParameters, {
      'rds.force_ssl': is(1),
      ssl_min_protocol_version: oneOf('TLSv1.2', 'TLSv1.3'),
    }),
    guard(DB, { CACertificateIdentifier: oneOf('rds-ca-rsa2048-g1', 'rds-ca-rsa4096-g1', 'rds-ca-ecc384-g1') }),
    guard(PROXY, {
      RequireTLS: is(true),
      // Its debug log holds statements.
      DebugLogging: is(false),
      Auth: satisfies('secrets of this environment and no tokens', (value, proxy, view) => {
        const logins = asList(value).map(asObject);
        return (
          logins.length > 0 &&
          logins.every(
            ({ AuthScheme, ClientPasswordAuthType, SecretArn, IAMAuth, ...others }) =>
              AuthScheme === 'SECRETS' &&
              ClientPasswordAuthType === 'POSTGRES_SCRAM_SHA_256' &&
              view.target(SecretArn, proxy)?.type === 'AWS::SecretsManager::Secret' &&
              IAMAuth === 'DISABLED' &&
              Object.keys(others).length === 0,
          )
        );
      }),
    }),
  ),
  fixtures: {
    pass: [
      fixture('TLS forced', database({})),
      fixture('with a proxy that asks for TLS', {
        ...database({}),
        Login: { Type: 'AWS::SecretsManager::Secret' },
        Proxy: { Type: PROXY, Properties: proxy },
      }),
    ],
    refuse: [
      fixture('TLS left to the client', database({}, { ...settings, 'rds.force_ssl': '0' })),
      fixture('TLS not mentioned', database({}, { ssl_min_protocol_version: 'TLSv1.2' })),
      fixture('an old protocol', database({}, { ...settings, ssl_min_protocol_version: 'TLSv1' })),
      fixture('the default parameter group', database({ DBParameterGroupName: 'default.postgres17' })),
      fixture('the retired CA', database({ CACertificateIdentifier: 'rds-ca-2019' })),
      fixture('a proxy that takes plain text', {
        ...database({}),
        Proxy: { Type: PROXY, Properties: { ...proxy, RequireTLS: false } },
      }),
      fixture('a proxy that logs in with what is not ours', {
        ...database({}),
        Proxy: { Type: PROXY, Properties: { ...proxy, Auth: [{ ...login, SecretArn: 'arn' }] } },
      }),
      ...Object.entries({ AuthScheme: 'NONE', IAMAuth: 'ENABLED', ClientPasswordAuthType: 'POSTGRES_MD5' }).map(
        ([name, value]) =>
          fixture(`a proxy whose clients log in with ${name} ${value}`, {
            ...database({}),
            Login: { Type: 'AWS::SecretsManager::Secret' },
            Proxy: { Type: PROXY, Properties: { ...proxy, Auth: [{ ...login, [name]: value }] } },
          }),
      ),
    ],
  },
};

import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import { companion, type Expectation, type Guard, guard, guards, includes, is, oneOf, satisfies } from '../expect';
import { keptLogs } from '../rules/logging/kept-logs';
import { parameters, postgresParameters } from '../rules/parameters';
import { asList, type Json, type JsonObject } from '../view';

const DB = 'AWS::RDS::DBInstance';
const PARAMETERS = 'AWS::RDS::DBParameterGroup';
const LOGS = 'AWS::Logs::LogGroup';
const exported = ['postgresql', 'upgrade'] as const;

/** Every library is code that runs in the server; these two are what the kit's own settings need. */
const LIBRARIES = 'pg_stat_statements,pgaudit';

/** RDS makes a log group that it misses, under no key and for ever: ours stand before the instance does. */
const logsFirst: Guard = {
  protects: [{ type: DB, properties: [] }],
  check: (environment) =>
    environment.ofType(DB).flatMap((resource): Finding[] => {
      const waitsFor = asList(
        environment.templates[resource.stack]?.Resources?.[resource.logicalId]?.DependsOn as Json | undefined,
      );
      const logs = `/aws/rds/instance/${environment.text(resource.properties.DBInstanceIdentifier)}/`;
      return environment
        .ofType(LOGS)
        .filter((each) => each.stack === resource.stack && !waitsFor.includes(each.logicalId))
        .filter((each) => environment.text(each.properties.LogGroupName).startsWith(logs))
        .map((each) => ({
          resource,
          location: 'DependsOn',
          found: `nothing that waits for ${each.path}`,
          expected: 'its log groups, made before it',
        }));
    }),
};

/** A comma-separated setting that has all of these words. */
const words = (...wanted: readonly string[]): Expectation =>
  satisfies(`a list with ${wanted.join(', ')}`, (value) => {
    const found = String(value ?? '')
      .split(',')
      .map((word) => word.trim());
    return wanted.every((word) => (found.includes(word) || found.includes('all')) && !found.includes(`-${word}`));
  });

const settings = {
  shared_preload_libraries: LIBRARIES,
  'pgaudit.log': 'ddl,role',
  'pgaudit.log_parameter': '0',
  'pgaudit.log_catalog': '0',
  'pgaudit.role': 'rds_pgaudit',
  log_connections: '1',
  log_disconnections: '1',
  log_statement: 'none',
};
const logGroup = (name: string, changed: JsonObject = {}, DeletionPolicy = 'Retain') => ({
  Type: LOGS,
  DeletionPolicy,
  UpdateReplacePolicy: DeletionPolicy,
  Properties: {
    LogGroupName: `/aws/rds/instance/ums-prod-database/${name}`,
    RetentionInDays: 30,
    KmsKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] },
    ...changed,
  },
});
const database = (changed: object = {}, parameterChange: object = {}) => ({
  Parameters: { Type: PARAMETERS, Properties: { Parameters: { ...settings, ...parameterChange } } },
  Key: { Type: 'AWS::KMS::Key' },
  Server: logGroup('postgresql'),
  Upgrade: logGroup('upgrade'),
  Db: {
    Type: DB,
    DependsOn: ['Server', 'Upgrade'],
    Properties: {
      DBInstanceIdentifier: 'ums-prod-database',
      DBParameterGroupName: { Ref: 'Parameters' },
      EnableCloudwatchLogsExports: [...exported],
      ...changed,
    },
  },
});
const { Server: _server, ...withoutServerLog } = database();

export const control: RuleControl = {
  id: 'database-audited',
  title: 'Connections and changes of structure and rights are in a log that outlives the database',
  holds: ['D09/enforce'],
  tiers: everyTier,
  why: 'After a breach nobody could say who logged in and what was changed; and a log that holds statements with their values would spread secrets and personal data.',
  remedy: 'Leave the settings of parametersOf() and the log groups of DatabaseLogs as they are.',
  ...guards(
    parameters(postgresParameters, {
      shared_preload_libraries: is(LIBRARIES),
      'pgaudit.log': words('ddl', 'role'),
      'pgaudit.log_parameter': oneOf(0, 'off', 'false'),
      'pgaudit.log_catalog': oneOf(0, 'off', 'false'),
      'pgaudit.role': is('rds_pgaudit'),
      log_connections: satisfies('1 or a list of what to log', (value) =>
        /^(1|on|true|all|(receipt|authentication|authorization|setup_durations)(,\w+)*)$/.test(String(value)),
      ),
      log_disconnections: oneOf(1, 'on', 'true'),
      log_statement: is('none'),
    }),
    guard(DB, { EnableCloudwatchLogsExports: includes(...exported) }),
    ...exported.map((name) => ({
      ...companion(
        LOGS,
        { by: DB, as: `a log group of ours named /aws/rds/instance/<identifier>/${name}` },
        (group, instance, environment) =>
          environment.text(group.properties.LogGroupName) ===
          `/aws/rds/instance/${environment.text(instance.properties.DBInstanceIdentifier)}/${name}`,
      ),
      // Two log groups of many: no type names them.
      protects: [],
    })),
    logsFirst,
    keptLogs(/^\/aws\/rds\/instance\//),
  ),
  fixtures: {
    pass: [
      fixture('audited', database()),
      fixture('kept longer', { ...database(), Server: logGroup('postgresql', { RetentionInDays: 365 }) }),
      fixture('audited more widely', database({}, { 'pgaudit.log': 'all,-misc' })),
    ],
    refuse: [
      fixture('no pgaudit', database({}, { shared_preload_libraries: 'pg_stat_statements' })),
      fixture('one library more', database({}, { shared_preload_libraries: `${LIBRARIES},pg_cron` })),
      fixture('nothing audited', database({}, { 'pgaudit.log': 'none' })),
      fixture('rights not audited', database({}, { 'pgaudit.log': 'ddl' })),
      fixture('rights taken out', database({}, { 'pgaudit.log': 'all,-role' })),
      fixture('rights named and taken out', database({}, { 'pgaudit.log': 'ddl,role,-role' })),
      fixture('made before its log groups', { ...database(), Db: { ...database().Db, DependsOn: ['Server'] } }),
      fixture('parameters written', database({}, { 'pgaudit.log_parameter': '1' })),
      fixture('connections not logged', database({}, { log_connections: '0' })),
      fixture('disconnections not logged', database({}, { log_disconnections: '0' })),
      fixture('every statement with its values', database({}, { log_statement: 'all' })),
      fixture('log not exported', database({ EnableCloudwatchLogsExports: ['upgrade'] })),
      fixture('RDS makes the log group, for ever and under no key of ours', withoutServerLog),
      fixture('log kept for a week', { ...database(), Server: logGroup('postgresql', { RetentionInDays: 7 }) }),
      fixture('log under no key', { ...database(), Server: logGroup('postgresql', { KmsKeyId: undefined as never }) }),
      fixture('log deleted with its stack', { ...database(), Server: logGroup('postgresql', {}, 'Delete') }),
    ],
  },
};

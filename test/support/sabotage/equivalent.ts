import { asObject, type JsonObject, type Resource } from '../../../lib/controls/view';
import { type Sabotage, valueAt } from './sabotage';

/** Changes that leave an environment as safe as it was, or make it safer. */
interface Equivalent {
  readonly type: RegExp;
  /** Of the property, places in lists left out. */
  readonly path: RegExp;
  readonly when: (sabotage: Sabotage, properties: JsonObject) => boolean;
  readonly why: string;
}

const ANY = /./;
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
    when: (sabotage, properties) => number(sabotage.before) >= 30 && oneLess(sabotage, properties),
    why: 'The load balancer waits a second less, and still longer than the proxy.',
  },
  {
    type: /^AWS::SecretsManager::Secret$/,
    path: /^GenerateSecretString\.PasswordLength$/,
    when: ({ after }) => number(after) >= 32,
    why: 'Still 32 characters or more, which is what the checklist asks for (D04, K03).',
  },
];

/** Why a sabotage is none. */
export function equivalent(sabotage: Sabotage, resource: Resource | undefined): string | undefined {
  const path = sabotage.path.replace(/\.\d+(?=\.|$)/g, '');
  return equivalents.find(
    (each) => each.type.test(sabotage.type) && each.path.test(path) && each.when(sabotage, resource?.properties ?? {}),
  )?.why;
}

import { everyTier, fixture, type RuleControl } from '../control';
import { type ExactAlarm, exactlyAlarmed } from '../rules/alarms/exact-alarms';
import { networkWith, soundNetwork } from '../rules/network/samples';
import type { Json, JsonObject } from '../view';

const ALARM = 'AWS::CloudWatch::Alarm';

const needed: ExactAlarm = {
  tells: 'that the gateway has no ports left',
  namespace: 'AWS/NATGateway',
  figures: {
    refused: {
      metric: 'ErrorPortAllocation',
      statistic: 'Sum',
      period: 60,
      of: (dimensions, gateway, { alarm, environment }) =>
        dimensions.size === 1 && environment.target(dimensions.get('NatGatewayId'), alarm) === gateway,
    },
  },
  comparison: 'GreaterThanOrEqualToThreshold',
  threshold: 1,
  periods: 5,
  breaching: 3,
  missingData: 'notBreaching',
};

const alarmOf = (gateway: string, changes: Readonly<Record<string, Json>> = {}): JsonObject => ({
  Namespace: needed.namespace,
  MetricName: 'ErrorPortAllocation',
  Dimensions: [{ Name: 'NatGatewayId', Value: { 'Fn::GetAtt': [gateway, 'NatGatewayId'] } }],
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: needed.periods,
  DatapointsToAlarm: needed.breaching ?? needed.periods,
  ComparisonOperator: needed.comparison,
  Threshold: 1,
  TreatMissingData: needed.missingData,
  AlarmActions: [{ Ref: 'Topic' }],
  ...changes,
});
const watched = (changes: Readonly<Record<string, Json>> = {}) => ({
  ...soundNetwork,
  Topic: { Type: 'AWS::SNS::Topic' },
  One: { Type: ALARM, Properties: alarmOf('Nat1', changes) },
  Two: { Type: ALARM, Properties: alarmOf('Nat2') },
});

export const control: RuleControl = {
  id: 'nat-alarms',
  title: 'Somebody is told when a NAT gateway refuses connections',
  holds: ['A08/alarm'],
  tiers: everyTier,
  why: 'Calls to mail, payment and AWS services then hang, and nothing inside says why.',
  remedy: 'Leave the alarms of the Network construct as they are.',
  ...exactlyAlarmed('AWS::EC2::NatGateway', [needed]),
  fixtures: {
    pass: [fixture('each gateway watched', watched())],
    refuse: [
      fixture('nobody watches', networkWith('Nat1', {})),
      fixture('the other gateway twice', watched({ Dimensions: alarmOf('Nat2').Dimensions as Json })),
      fixture('far too late', watched({ Threshold: 10_000 })),
      fixture('another figure', watched({ MetricName: 'ActiveConnectionCount' })),
      fixture('silenced', watched({ ActionsEnabled: false })),
    ],
  },
};

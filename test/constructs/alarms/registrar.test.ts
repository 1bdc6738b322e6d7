import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AlarmRegistrar, type RegisteredAlarmProps } from '../../../lib/constructs/alarms/registrar';
import { environmentOf, stageOf } from '../../support/environments';

const environment = environmentOf();
const props: RegisteredAlarmProps = {
  title: 'The gateway is full',
  metric: new Metric({ namespace: 'AWS/NATGateway', metricName: 'ErrorPortAllocation' }),
  threshold: 1,
  comparison: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  periods: 5,
  breaching: 3,
  missingData: TreatMissingData.NOT_BREACHING,
  severity: 'security',
  rows: ['A08', 'A09'],
  runbook: 'nat-gateway-errors',
};

function registered() {
  const stack = new Stack(stageOf(environment), 'watched');
  const topics = {
    critical: new Topic(stack, 'Critical'),
    warning: new Topic(stack, 'Warning'),
    security: new Topic(stack, 'Security'),
  };
  return { stack, registrar: new AlarmRegistrar(environment, topics) };
}

it('gives an alarm its name, its people and all that they need to read', () => {
  const { stack, registrar } = registered();
  const alarm = registrar.add(stack, 'GatewayFull', props);
  expect(registrar.alarms).toEqual([alarm]);
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmName: 'ums-prod-gateway-full',
    AlarmDescription:
      'The gateway is full. Rows A08, A09. Runbook: https://github.com/example/ums-deployment/blob/main/runbooks/nat-gateway-errors/README.md',
    AlarmActions: [{ Ref: Match.stringLikeRegexp('^Security') }],
    OKActions: [{ Ref: Match.stringLikeRegexp('^Security') }],
    EvaluationPeriods: 5,
    DatapointsToAlarm: 3,
    TreatMissingData: 'notBreaching',
  });
  template.hasResource('AWS::CloudWatch::Alarm', {
    Metadata: {
      'Breakwater::Alarm': { rows: ['A08', 'A09'], severity: 'security', runbook: 'nat-gateway-errors' },
    },
  });
});

it('lets every period breach when nothing else is said', () => {
  const { stack, registrar } = registered();
  registrar.add(stack, 'GatewayFull', { ...props, breaching: undefined });
  Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', { DatapointsToAlarm: 5 });
});

it.each([
  ['a runbook without a page', { runbook: 'no-such-page' }, "runbook 'no-such-page' has no page"],
  ['no row', { rows: [] }, 'no checklist row'],
])('refuses %s', (_what, changes, message) => {
  const { stack, registrar } = registered();
  expect(() => registrar.add(stack, 'GatewayFull', { ...props, ...changes })).toThrow(message);
});

it('refuses a second alarm of the same name, which only the deployment would find', () => {
  const { stack, registrar } = registered();
  registrar.add(stack, 'GatewayFull', props);
  const elsewhere = new Stack(stageOf(environment), 'elsewhere');
  expect(() => registrar.add(elsewhere, 'GatewayFull', props)).toThrow('is named ums-prod-gateway-full already');
});

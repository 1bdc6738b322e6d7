import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import { guards } from '../expect';
import { exactlyAlarmed } from '../rules/alarms/exact-alarms';
import { asList, asObject, at, type EnvironmentView, type Json, type JsonObject, type Resource } from '../view';

const RULE = 'AWS::Events::Rule';
const SERVICE = 'AWS::ECS::Service';
const QUEUE = 'AWS::SQS::Queue';
const SCHEDULE = 'AWS::Scheduler::Schedule';

const DEPLOYMENT = 'ECS Deployment State Change';
const TASK = 'ECS Task State Change';
const only = (value: Json | undefined, wanted: string): boolean =>
  Array.isArray(value) && value.length === 1 && value[0] === wanted;

/** Rules on events of ECS; others are judged where they belong. */
const announces = (rule: Resource): boolean => asList(at(rule.properties.EventPattern, 'source')).includes('aws.ecs');

const deploymentFailed = {
  source: ['aws.ecs'],
  'detail-type': [DEPLOYMENT],
  resources: [{ Ref: 'Service' }],
  detail: { eventName: ['SERVICE_DEPLOYMENT_FAILED'] },
};
const rule = (EventPattern: Json) => ({
  Type: RULE,
  Properties: { EventPattern, Targets: [{ Id: 'one', Arn: { 'Fn::GetAtt': ['Queue', 'Arn'] } }] },
});
const alarm = (changes: JsonObject) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    Namespace: 'AWS/Events',
    MetricName: 'TriggeredRules',
    Dimensions: [{ Name: 'RuleName', Value: { Ref: 'Rule' } }],
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    DatapointsToAlarm: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'notBreaching',
    AlarmActions: [{ Ref: 'Topic' }],
    ...changes,
  },
});
const environment = (pattern: Json | undefined, changes: JsonObject = {}) => ({
  Topic: { Type: 'AWS::SNS::Topic' },
  Dead: { Type: QUEUE },
  Queue: { Type: QUEUE, Properties: { RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] } } } },
  Service: { Type: SERVICE },
  ...(pattern === undefined ? {} : { Rule: rule(pattern) }),
  Alarm: alarm(changes),
});

export const control: RuleControl = {
  id: 'failures-announced',
  title: 'A deployment that failed and a scheduled command that failed reach a person',
  holds: ['C10/alarm'],
  tiers: everyTier,
  why: 'ECS rolls a broken release back in silence, and a failed command is gone with its task: both would be found weeks later.',
  remedy: 'Leave the rules of FailureEvents as they are.',
  ...guards(
    {
      protects: [
        { type: RULE, properties: ['EventPattern'] },
        { type: QUEUE, properties: ['RedrivePolicy'] },
      ],
      check: (view) => [
        ...unannounced(view),
        ...view
          .ofType(RULE)
          .filter(announces)
          .flatMap((each) => [...strange(each, view), ...unkept(each, view)]),
      ],
    },
    exactlyAlarmed(RULE, [
      {
        tells: 'something failed that AWS announces as an event',
        namespace: 'AWS/Events',
        figures: {
          events: {
            metric: 'TriggeredRules',
            statistic: 'Sum',
            period: 60,
            of: (dimensions, watched, { alarm: by, environment: view }) =>
              dimensions.size === 1 && view.target(dimensions.get('RuleName'), by) === watched,
          },
        },
        comparison: 'GreaterThanOrEqualToThreshold',
        threshold: 1,
        periods: 1,
        missingData: 'notBreaching',
        only: announces,
      },
    ]),
  ),
  fixtures: {
    pass: [fixture('a failed deployment is announced', environment(deploymentFailed))],
    refuse: [
      fixture('no rule', environment(undefined)),
      fixture(
        'another event',
        environment({ ...deploymentFailed, detail: { eventName: ['SERVICE_DEPLOYMENT_COMPLETED'] } }),
      ),
      fixture('any event of ECS', environment({ source: ['aws.ecs'] })),
      fixture('another service', environment({ ...deploymentFailed, resources: ['arn:aws:ecs:::service/x'] })),
      fixture('another source', environment({ ...deploymentFailed, source: ['aws.ec2'] })),
      fixture('events that wait behind others', { ...environment(deploymentFailed), Queue: { Type: QUEUE } }),
      fixture('an alarm on nothing', environment(deploymentFailed, { Dimensions: [] })),
      fixture('an alarm that can’t fire', environment(deploymentFailed, { Threshold: 1000 })),
    ],
  },
};

/** Whether a rule waits for one kind of event of ECS. */
function isOf(rule: Resource, kind: string): boolean {
  const pattern = asObject(rule.properties.EventPattern);
  return only(pattern.source, 'aws.ecs') && only(pattern['detail-type'], kind);
}

/** Services and scheduled commands whose failure no rule tells. */
function unannounced(view: EnvironmentView): Finding[] {
  const rules = view.ofType(RULE).filter(announces);
  const told = (kind: string, path: string, part: Resource) =>
    rules.some((each) => isOf(each, kind) && view.targets(at(each.properties.EventPattern, path), each).includes(part));
  const finding = (resource: Resource, what: string): Finding => ({
    resource,
    location: 'Resource',
    found: `no rule on its ${what}`,
    expected: 'a rule that an alarm counts',
  });
  const services = view
    .ofType(SERVICE)
    .filter((service) => !told(DEPLOYMENT, 'resources', service))
    .map((service) => finding(service, 'failed deployments'));
  const commands = view.ofType(SCHEDULE).flatMap((schedule) => {
    const task = view.target(at(schedule.properties, 'Target.EcsParameters.TaskDefinitionArn'), schedule);
    return task && !told(TASK, 'detail.taskDefinitionArn', task) ? [finding(schedule, 'failed tasks')] : [];
  });
  return [...services, ...commands];
}

/** A rule says exactly what it waits for: with more it would miss some failures, with less it would cry wolf. */
function strange(rule: Resource, view: EnvironmentView): Finding[] {
  const { EventPattern: pattern } = rule.properties;
  const detail = asObject(at(pattern, 'detail'));
  const keys = Object.keys(asObject(pattern)).sort().join();
  const fine = isOf(rule, DEPLOYMENT)
    ? keys === 'detail,detail-type,resources,source' &&
      Object.keys(detail).join() === 'eventName' &&
      only(detail.eventName, 'SERVICE_DEPLOYMENT_FAILED')
    : isOf(rule, TASK) &&
      keys === 'detail,detail-type,source' &&
      Object.keys(detail).sort().join() === '$or,clusterArn,lastStatus,taskDefinitionArn' &&
      only(detail.lastStatus, 'STOPPED') &&
      asList(detail.clusterArn).length === 1 &&
      view.targets(detail.clusterArn, rule).some(({ type }) => type === 'AWS::ECS::Cluster') &&
      JSON.stringify(detail.$or) ===
        '[{"containers":{"exitCode":[{"anything-but":0}]}},{"stopCode":["TaskFailedToStart"]}]';
  return fine
    ? []
    : [
        {
          resource: rule,
          location: 'Properties.EventPattern',
          found: shown(pattern),
          expected: 'the events of a failure',
        },
      ];
}

/** Events wait in a queue that hands on what has been looked at often, and so does not block behind it. */
function unkept(rule: Resource, view: EnvironmentView): Finding[] {
  return asList(rule.properties.Targets).flatMap((each): Finding[] => {
    const queue = view.target(asObject(each).Arn as Json, rule);
    const next = queue && view.target(at(queue.properties, 'RedrivePolicy.deadLetterTargetArn'), queue);
    return queue?.type === QUEUE && next?.type === QUEUE && next !== queue
      ? []
      : [
          {
            resource: queue ?? rule,
            location: queue ? 'Properties.RedrivePolicy' : 'Properties.Targets',
            found: shown(queue?.properties.RedrivePolicy),
            expected: 'a queue that hands on to another',
          },
        ];
  });
}

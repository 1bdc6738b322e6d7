import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import { absent, type Expectation, guard, guards, is, matches, pointsAt } from '../expect';
import { actionsOf, isAllow, statementsOf } from '../rules/statements';
import { asList, asObject, at, type EnvironmentView, type Json, type JsonObject, type Resource } from '../view';

const RULE = 'AWS::Events::Rule';
const PERMISSION = 'AWS::Lambda::Permission';
const SCHEDULE = 'AWS::Scheduler::Schedule';
/** What an event may set off. */
const TARGETS = ['AWS::Lambda::Function', 'AWS::SQS::Queue', 'AWS::SNS::Topic', 'AWS::ECS::Cluster'];
/** What the kit says of a target. An input of its own would stand in for the event, or tell a function what to skip. */
const TARGET_PROPERTIES = new Set(['Arn', 'DeadLetterConfig', 'Id', 'RetryPolicy']);
/** Often enough to lose nothing to a short outage, seldom enough not to storm what is down. */
const [LEAST_RETRIES, MOST_RETRIES] = [2, 185];

const often: Expectation = matches(/^(rate\(\d+ (minutes?|hours?|days?)\)|cron\([^)]+\))$/, 'rate(…) or cron(…)');

const good: JsonObject = {
  State: 'ENABLED',
  ScheduleExpression: 'rate(5 minutes)',
  Targets: [{ Id: 'one', Arn: { 'Fn::GetAtt': ['Function', 'Arn'] }, RetryPolicy: { MaximumRetryAttempts: 2 } }],
};
const permission: JsonObject = {
  Action: 'lambda:InvokeFunction',
  FunctionName: { 'Fn::GetAtt': ['Function', 'Arn'] },
  Principal: 'events.amazonaws.com',
  SourceArn: { 'Fn::GetAtt': ['Rule', 'Arn'] },
};
const letsRuleIn = (queue: string): JsonObject => ({
  Effect: 'Allow',
  Action: 'sqs:SendMessage',
  Principal: { Service: 'events.amazonaws.com' },
  Resource: { 'Fn::GetAtt': [queue, 'Arn'] },
  Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': ['Rule', 'Arn'] } } },
});
const environmentWith = (changes: JsonObject, permitted: JsonObject | null = permission) => ({
  Function: { Type: 'AWS::Lambda::Function' },
  Queue: { Type: 'AWS::SQS::Queue', Properties: { RedrivePolicy: { maxReceiveCount: 20 } } },
  Dead: { Type: 'AWS::SQS::Queue' },
  QueuePolicy: {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: { PolicyDocument: { Statement: ['Queue', 'Dead'].map(letsRuleIn) } },
  },
  Rule: { Type: RULE, Properties: { ...good, ...changes } },
  ...(permitted && { Permission: { Type: PERMISSION, Properties: permitted } }),
});

export const control: RuleControl = {
  id: 'events-delivered',
  title: 'Rules and schedules are on, reach parts of this environment that let them in, and try again',
  holds: ['C02/enforce'],
  tiers: everyTier,
  why: 'A rule that is off, points elsewhere or may not call its target fails in silence: what should have happened just does not.',
  remedy: 'Let the CDK wire the rule to its target (`rule.addTarget(…)`), and leave it on.',
  ...guards(
    guard(RULE, { State: is('ENABLED') }),
    guard(RULE, { ScheduleExpression: often }, ({ properties }) => properties.EventPattern === undefined),
    guard(SCHEDULE, {
      State: is('ENABLED'),
      ScheduleExpression: matches(/^(rate|cron)\(.+\)$/, 'rate(…) or cron(…)'),
      'Target.Arn': pointsAt(...TARGETS),
      'Target.RoleArn': pointsAt('AWS::IAM::Role'),
      'Target.DeadLetterConfig.Arn': pointsAt('AWS::SQS::Queue'),
    }),
    guard(
      PERMISSION,
      {
        Action: is('lambda:InvokeFunction'),
        FunctionName: pointsAt('AWS::Lambda::Function'),
        Principal: matches(/^(events|scheduler|sns)\.amazonaws\.com$/, 'a service that sends events'),
        SourceArn: pointsAt(RULE, SCHEDULE, 'AWS::SNS::Topic'),
        SourceAccount: absent,
      },
      // The control secrets-rotate judges these.
      ({ properties }) => properties.Principal !== 'secretsmanager.amazonaws.com',
    ),
    {
      protects: [{ type: RULE, properties: ['Targets'] }],
      check: (environment) => [
        ...environment
          .ofType(RULE)
          .flatMap((rule) => [
            ...patternFaults(rule, environment),
            ...asTargets(rule).flatMap(([target, at]) => targetFaults(target, at, rule, environment)),
          ]),
      ],
    },
  ),
  fixtures: {
    pass: [
      fixture('a schedule of a function', environmentWith({})),
      fixture(
        'an event kept in a queue',
        environmentWith(
          {
            ScheduleExpression: undefined as unknown as Json,
            EventPattern: { source: ['aws.ecs'], 'detail-type': ['ECS Deployment State Change'] },
            Targets: [
              {
                Id: 'one',
                Arn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
                DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['Dead', 'Arn'] } },
                RetryPolicy: { MaximumRetryAttempts: 3 },
              },
            ],
          },
          null,
        ),
      ),
    ],
    refuse: [
      fixture('switched off', environmentWith({ State: 'DISABLED' })),
      fixture('nothing to reach', environmentWith({ Targets: [] })),
      fixture(
        'a target elsewhere',
        environmentWith({ Targets: [{ Id: 'one', Arn: 'arn:aws:lambda:us-east-1:999999999999:function:x' }] }),
      ),
      fixture('no permission', environmentWith({}, null)),
      fixture('a permission for everyone', environmentWith({}, { ...permission, Principal: '*' })),
      fixture(
        'a permission for every rule',
        environmentWith({}, { ...permission, SourceArn: 'arn:aws:events:us-east-1:111111111111:rule/*' }),
      ),
      fixture(
        'never again',
        environmentWith({
          Targets: [
            { Id: 'one', Arn: { 'Fn::GetAtt': ['Function', 'Arn'] }, RetryPolicy: { MaximumRetryAttempts: 0 } },
          ],
        }),
      ),
      fixture(
        'an input in place of the event',
        environmentWith({ Targets: [{ ...asObject(asList(good.Targets)[0]), Input: '{"skip":true}' }] }),
      ),
      fixture('a schedule that is none', environmentWith({ ScheduleExpression: 'sometimes' })),
    ],
  },
};

const asTargets = (rule: Resource): readonly (readonly [JsonObject, string])[] =>
  asList(rule.properties.Targets).map((each, index) => [asObject(each), `Properties.Targets.${index}`]);

/** Something to listen to: a schedule, or a source of AWS with the kind of event. */
function patternFaults(rule: Resource, environment: EnvironmentView): Finding[] {
  const { EventPattern: pattern, ScheduleExpression: schedule, Targets: targets } = rule.properties;
  const faults: Finding[] = [];
  const fault = (location: string, found: Json | undefined, expected: string) =>
    faults.push({ resource: rule, location: `Properties.${location}`, found: shown(found), expected });
  if (asList(targets).length === 0) fault('Targets', targets, 'a part of this environment');
  if (schedule !== undefined && pattern === undefined) return faults;
  const sources = asList(at(pattern, 'source')).map(String);
  if (sources.length === 0 || sources.some((each) => !/^aws\.[a-z0-9-]+$/.test(each))) {
    fault('EventPattern.source', at(pattern, 'source'), 'services of AWS');
  }
  const kinds = asList(at(pattern, 'detail-type')).map(String);
  if (kinds.length === 0 || kinds.some((each) => !/^[A-Z][\w-]+( [\w-]+)+$/.test(each))) {
    fault('EventPattern.detail-type', at(pattern, 'detail-type'), 'kinds of event, as AWS names them');
  }
  const resources = at(pattern, 'resources');
  if (
    resources !== undefined &&
    (asList(resources).length === 0 || asList(resources).some((each) => !environment.target(each, rule)))
  ) {
    fault('EventPattern.resources', resources, 'parts of this environment');
  }
  return faults;
}

function targetFaults(target: JsonObject, at: string, rule: Resource, environment: EnvironmentView): Finding[] {
  const faults: Finding[] = [];
  const fault = (place: string, found: Json | undefined, expected: string) =>
    faults.push({ resource: rule, location: `${at}.${place}`, found: shown(found), expected });
  const reached = environment.target(target.Arn, rule);
  for (const name of Object.keys(target)) if (!TARGET_PROPERTIES.has(name)) fault(name, target[name], 'nothing');
  if (!reached || !TARGETS.includes(reached.type)) fault('Arn', target.Arn, 'a part of this environment');
  const retries = asObject(target.RetryPolicy).MaximumRetryAttempts;
  if (!(Number(retries) >= LEAST_RETRIES && Number(retries) <= MOST_RETRIES)) {
    fault('RetryPolicy.MaximumRetryAttempts', retries, `from ${LEAST_RETRIES} to ${MOST_RETRIES}`);
  }
  if (reached?.type === 'AWS::SQS::Queue') {
    const dead = environment.target(asObject(target.DeadLetterConfig).Arn, rule);
    if (dead === undefined || dead === reached || !mayFill(rule, dead, environment)) {
      fault('DeadLetterConfig.Arn', target.DeadLetterConfig, 'another queue that lets the rule in');
    }
    if (reached.properties.RedrivePolicy === undefined) {
      fault('Arn', target.Arn, 'a queue with another behind it, for what it gives up on');
    }
    if (!mayFill(rule, reached, environment)) fault('Arn', target.Arn, 'a queue whose policy lets this rule in');
  }
  if (reached?.type === 'AWS::Lambda::Function' && !mayCall(rule, reached, environment)) {
    fault('Arn', target.Arn, `a ${PERMISSION} that lets this rule call it`);
  }
  return faults;
}

const mayCall = (rule: Resource, callee: Resource, environment: EnvironmentView): boolean =>
  environment
    .ofType(PERMISSION)
    .some(
      (each) =>
        environment.target(each.properties.FunctionName, each) === callee &&
        environment.target(each.properties.SourceArn, each) === rule,
    );

const mayFill = (rule: Resource, queue: Resource, environment: EnvironmentView): boolean =>
  environment
    .ofType('AWS::SQS::QueuePolicy')
    .flatMap((each) => statementsOf(each))
    .filter((each) => isAllow(each) && actionsOf(each).includes('sqs:SendMessage'))
    .filter(({ body, resource }) => environment.targets(body.Resource, resource).includes(queue))
    .some(({ body, resource }) => environment.targets(body.Condition, resource).includes(rule));

import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import { type Guard, guard, guards, satisfies } from '../expect';
import { closed } from '../rules/closed';
import { actionsOf, isAllow, principalsOf, type Statement, statementsOf } from '../rules/statements';
import { asList, asObject, type EnvironmentView, type Json, type JsonObject, type Resource } from '../view';

const TOPIC = 'AWS::SNS::Topic';
const SUBSCRIPTION = 'AWS::SNS::Subscription';
const POLICY = 'AWS::SNS::TopicPolicy';
const SEVERITIES = ['critical', 'warning', 'security'];
/** What publishes: alarms, rules on events, budgets. */
const PUBLISHERS = ['cloudwatch.amazonaws.com', 'events.amazonaws.com', 'budgets.amazonaws.com'];
const PUBLISH = ['sns:Publish'];
const ENCRYPT = ['kms:Decrypt', 'kms:GenerateDataKey*'];
const ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** A topic's construct is named after its severity. */
const severityOf = (topic: Resource): string => topic.path.split('/').at(-2)?.toLowerCase() ?? '';

const severities: Guard = {
  protects: [{ type: TOPIC, properties: ['KmsMasterKeyId'] }],
  check: (environment) => {
    const [resource] = environment.resources;
    const found = new Set(environment.ofType(TOPIC).map(severityOf));
    if (!resource) return [];
    return SEVERITIES.filter((severity) => !found.has(severity)).map((severity) => ({
      resource,
      location: 'Environment',
      found: `no topic Topics/${severity}`,
      expected: 'a topic for each severity',
    }));
  },
};

const heard: Guard = {
  protects: [{ type: SUBSCRIPTION, properties: ['Endpoint', 'Protocol', 'TopicArn'] }],
  check: (environment) => [
    ...environment.ofType(SUBSCRIPTION).flatMap((resource): Finding[] => {
      const { Protocol, Endpoint } = resource.properties;
      const made = resource.path.split('/').at(-2);
      if (Protocol === 'email' && ADDRESS.test(String(Endpoint)) && made === Endpoint) return [];
      const expected = `the contact that the construct is named after (${made}), by email`;
      return [{ resource, location: 'Properties.Endpoint', found: `${shown(Protocol)} ${shown(Endpoint)}`, expected }];
    }),
    ...environment
      .ofType(TOPIC)
      .filter(
        (topic) =>
          !environment
            .ofType(SUBSCRIPTION)
            .some((each) => environment.target(each.properties.TopicArn, each) === topic),
      )
      .map((resource): Finding => {
        return { resource, location: 'Resource', found: 'nobody subscribed', expected: 'the contacts of its severity' };
      }),
  ],
};

/** Alarms can publish, and encrypt what they publish: a service that may not fails without a word. */
const delivered: Guard = {
  protects: [
    { type: POLICY, properties: ['PolicyDocument', 'Topics'] },
    { type: 'AWS::KMS::Key', properties: ['KeyPolicy'] },
  ],
  check: (environment) =>
    environment.ofType(TOPIC).flatMap((topic): Finding[] => {
      const policies = environment
        .ofType(POLICY)
        .filter((each) => asList(each.properties.Topics).some((one) => environment.target(one, each) === topic))
        .flatMap((each) => statementsOf(each));
      const key = environment.target(topic.properties.KmsMasterKeyId, topic);
      const open = policies.filter((each) => admits(each, topic, environment));
      const shut = PUBLISHERS.filter((service) => !lets(open, service, PUBLISH, environment));
      const locked = PUBLISHERS.filter((service) => !lets(key ? statementsOf(key) : [], service, ENCRYPT, environment));
      return [
        ...shut.map((service) => finding(topic, `no right to publish for ${service}`, 'sns:Publish in its policy')),
        ...locked.map((service) => finding(key ?? topic, `no right to encrypt for ${service}`, ENCRYPT.join(', '))),
        ...policies.filter(silences).map(({ resource, location, body }) => {
          return { resource, location, found: shown(body), expected: 'no refusal but that of plain text' };
        }),
      ];
    }),
};

const finding = (resource: Resource, found: string, expected: string): Finding => ({
  resource,
  location: 'Resource',
  found,
  expected,
});

const lets = (
  statements: readonly Statement[],
  service: string,
  actions: readonly string[],
  environment: EnvironmentView,
) =>
  statements
    .filter(isAllow)
    .filter((each) => principalsOf(each, environment).some(([kind, who]) => kind === 'Service' && who === service))
    .some((each) => actions.every((action) => actionsOf(each).includes(action)));

/** Whether a statement is about the topic, and about whatever of a kind comes: not one alarm, which may be gone. */
function admits({ body, resource }: Statement, topic: Resource, environment: EnvironmentView): boolean {
  const sources = Object.values(asObject(body.Condition)).flatMap((keys) => asList(asObject(keys)['aws:SourceArn']));
  return (
    environment.targets(body.Resource, resource).includes(topic) &&
    sources.every((source) => /:(\w[\w-]*[:/])?\*$/.test(environment.text(source)))
  );
}

/** A refusal that stops more than plain text stops the alarms too. */
const silences = ({ body }: Statement): boolean =>
  body.Effect === 'Deny' && JSON.stringify(body.Condition) !== '{"Bool":{"aws:SecureTransport":"false"}}';

const allow = (service: string, Action: Json): JsonObject => ({
  Effect: 'Allow',
  Principal: { Service: service },
  Action,
});
const refusal: JsonObject = {
  Effect: 'Deny',
  Principal: '*',
  Action: 'sns:Publish',
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};
const oneAlarm: JsonObject = { ArnLike: { 'aws:SourceArn': 'arn:aws:cloudwatch:us-east-1:111111111111:alarm:one' } };
interface Changes {
  readonly policy?: readonly JsonObject[];
  readonly key?: readonly JsonObject[];
  readonly subscription?: JsonObject;
  readonly only?: readonly string[];
}
const publishing = PUBLISHERS.map((service) => allow(service, PUBLISH));
const topics = ({ policy = publishing, key, subscription, only = SEVERITIES }: Changes = {}) => ({
  Key: {
    Type: 'AWS::KMS::Key',
    Properties: { KeyPolicy: { Statement: key ?? PUBLISHERS.map((service) => allow(service, ENCRYPT)) } },
  },
  ...Object.fromEntries(
    only.flatMap((severity) => [
      [
        severity,
        {
          Type: TOPIC,
          Metadata: { 'aws:cdk:path': `fixture/foundation/Topics/${severity}/Resource` },
          Properties: { KmsMasterKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] }, DisplayName: `ums-prod-${severity}` },
        },
      ],
      [
        `${severity}Policy`,
        {
          Type: POLICY,
          Properties: {
            Topics: [{ Ref: severity }],
            PolicyDocument: {
              Statement: [refusal, ...policy].map((each) => ({ Resource: { Ref: severity }, ...each })),
            },
          },
        },
      ],
      [
        `${severity}Contact`,
        {
          Type: SUBSCRIPTION,
          Metadata: { 'aws:cdk:path': `fixture/foundation/Topics/${severity}/oncall@example.com/Resource` },
          Properties: {
            Protocol: 'email',
            Endpoint: 'oncall@example.com',
            TopicArn: { Ref: severity },
            ...subscription,
          },
        },
      ],
    ]),
  ),
});

export const control: RuleControl = {
  id: 'topics-reach-people',
  title: 'Each severity has a topic that alarms can publish to and that people get by mail',
  holds: ['A11/enforce'],
  tiers: everyTier,
  why: 'An alarm that can’t encrypt its message, or that a filter drops, is silent and looks well.',
  remedy: 'Name contacts for every severity; leave AlarmTopics and FoundationKey as they are.',
  ...guards(
    severities,
    heard,
    delivered,
    guard(TOPIC, {
      DisplayName: satisfies('a sender that ends in the severity', (value, topic) =>
        String(value).endsWith(`-${severityOf(topic)}`),
      ),
    }),
    closed(SUBSCRIPTION, ['Endpoint', 'Protocol', 'TopicArn']),
    closed(TOPIC, ['DisplayName', 'KmsMasterKeyId', 'Tags', 'TopicName']),
  ),
  fixtures: {
    pass: [fixture('three severities', topics())],
    refuse: [
      fixture('no topic for security', topics({ only: ['critical', 'warning'] })),
      fixture('alarms may not publish', topics({ policy: publishing.slice(1) })),
      fixture(
        'one alarm may publish',
        topics({ policy: publishing.map((each) => ({ ...each, Condition: oneAlarm })) }),
      ),
      fixture('to another topic', topics({ policy: publishing.map((each) => ({ ...each, Resource: 'arn:x' })) })),
      fixture('alarms may not encrypt', topics({ key: [allow('cloudwatch.amazonaws.com', 'kms:Decrypt')] })),
      fixture('everybody is refused', topics({ policy: [...publishing, { ...refusal, Condition: {} }] })),
      fixture('a filter drops alarms', topics({ subscription: { FilterPolicy: { severity: ['none'] } } })),
      fixture('somebody else’s address', topics({ subscription: { Endpoint: 'nobody@example.com' } })),
      fixture('no address', topics({ subscription: { Endpoint: '' } })),
      fixture('a web hook', topics({ subscription: { Protocol: 'https', Endpoint: 'https://example.com/hook' } })),
      fixture('nobody subscribed to one', topics({ subscription: { TopicArn: { Ref: 'critical' } } })),
    ],
  },
};

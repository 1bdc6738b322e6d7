import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import { asList, asObject, EnvironmentView, type Json, type JsonObject, type Resource } from '../view';

const role = (Principal: Json) => ({
  Role: {
    Type: 'AWS::IAM::Role',
    Properties: { AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal }] } },
  },
});
const key = (account: string) => ({
  Type: 'AWS::KMS::Key',
  Properties: {
    KeyPolicy: {
      Statement: [
        { Effect: 'Allow', Action: 'kms:*', Principal: { AWS: `arn:aws:iam::${account}:root` }, Resource: '*' },
      ],
    },
  },
});

const settings = (changes: JsonObject) => ({
  Task: {
    Type: 'AWS::ECS::TaskDefinition',
    Properties: { ContainerDefinitions: [{ Environment: [{ Name: 'CUSTOMER', ...changes }] }] },
  },
});

export const control: RuleControl = {
  id: 'nothing-foreign',
  title: 'Nothing in an environment leads to another account or to a part that was made elsewhere',
  holds: ['K02/enforce', 'C07/enforce'],
  tiers: everyTier,
  why: 'Data, keys or rights of this environment would be shared with somebody whom nobody here reviews.',
  remedy: 'Use the parts of this environment. Integrations with other accounts need a design of their own.',
  protects: [],
  check: (environment) => {
    const own = ownAccount(environment);
    const expected = 'parts of this environment and of its own account only';
    const foreign = (resource: Resource, literals: readonly Literal[]): Finding[] =>
      literals
        .filter(({ account }) => account === undefined || account !== own)
        .map(({ location, text }) => ({ resource, location, found: text, expected }));
    return [
      ...environment.resources.flatMap((resource) => foreign(resource, literalsOf(resource))),
      // What a stack tells others, and people, has no resource of its own: the finding stands on the stack's first.
      ...Object.entries(environment.templates).flatMap(([stack, { Outputs = {} }]) => {
        const resource = environment.resources.find((each) => each.stack === stack);
        const values = Object.entries(Outputs).map(([name, { Value }]) => literalsIn(Value, `Outputs.${name}`));
        return resource ? foreign(resource, values.flat()) : [];
      }),
    ];
  },
  fixtures: {
    pass: [
      fixture(
        'its own account, by pseudo parameter',
        role({ AWS: { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:root' } }),
      ),
      fixture('its own account, by number', {
        Key: key('111111111111'),
        ...role({ AWS: 'arn:aws:iam::111111111111:root' }),
      }),
      fixture("twelve digits in a container's setting", settings({ Value: '123456789012' })),
    ],
    refuse: [
      fixture(
        "another account in a container's setting",
        settings({ Value: 'arn:aws:sqs:us-east-1:999999999999:jobs' }),
      ),
      fixture('another account', role({ AWS: 'arn:aws:iam::999999999999:root' })),
      fixture('another account, by number alone', role({ AWS: '999999999999' })),
      fixture('another account than that of the keys', { Key: key('111111111111'), ...role({ AWS: '999999999999' }) }),
      fixture(
        'another account, put together',
        role({ AWS: { 'Fn::Join': [':', ['arn:aws:iam:', '999999999999:root']] } }),
      ),
      {
        name: 'an output',
        environment: new EnvironmentView('fixture', 'production', {
          stack: {
            Resources: { Topic: { Type: 'AWS::SNS::Topic' } },
            Outputs: { Role: { Value: 'arn:aws:iam::999999999999:role/x' } },
          },
        }),
      },
      fixture('a security group by id', {
        Service: { Type: 'AWS::ECS::Service', Properties: { SecurityGroups: ['sg-0123456789abcdef0'] } },
      }),
    ],
  },
};

/** Something written out that a reference or nothing should stand for. */
interface Literal {
  readonly location: string;
  readonly text: string;
  /** The account, where it is one; nothing for an id of a part. */
  readonly account?: string;
}

const ACCOUNT = /(?:^|[:/])(\d{12})(?=$|[:/.])/g;
const PART = /\b(?:sg|subnet|vpc|igw|nat|rtb|eni|vpce|eipalloc|pcx|tgw|ami|i)-[0-9a-f]{8,17}\b/g;

/** A value of an app's own settings: a number there is the app's affair, such as a customer's or a page's. */
const SETTING = /^Properties\.ContainerDefinitions\.\d+\.Environment\.\d+\.Value$/;

const known = new WeakMap<JsonObject, readonly Literal[]>();

/** Account numbers and ids written out in a resource. Kept, because most of an environment is judged again unchanged. */
function literalsOf(resource: Resource): readonly Literal[] {
  const found = known.get(resource.properties) ?? literalsIn(resource.properties, 'Properties');
  known.set(resource.properties, found);
  return found;
}

function literalsIn(value: Json, location: string): readonly Literal[] {
  if (typeof value === 'number') return literalsIn(String(value), location);
  if (typeof value === 'string') {
    if (SETTING.test(location) && /^\d{12}$/.test(value)) return [];
    return [
      ...[...value.matchAll(ACCOUNT)].map(([, account]) => ({ location, text: value, account })),
      ...[...value.matchAll(PART)].map(([text]) => ({ location, text })),
    ];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, child]) => literalsIn(child as Json, `${location}.${name}`));
}

/** The account that owns the environment's keys, where it is written out: a key is always its own account's. */
function ownAccount(environment: EnvironmentView): string | undefined {
  const counts = new Map<string, number>();
  for (const each of environment.ofType('AWS::KMS::Key')) {
    for (const statement of asList(asObject(each.properties.KeyPolicy).Statement)) {
      const { Action: action, Principal: principal } = asObject(statement);
      const [, account] = /:iam::(\d{12}):root$/.exec(environment.text(asObject(principal).AWS)) ?? [];
      if (action === 'kms:*' && account) counts.set(account, (counts.get(account) ?? 0) + 1);
    }
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import { DOCUMENTS } from '../rules/statements';
import { asList, asObject, at, type EnvironmentView, type Json, type Resource } from '../view';

/** Policies of which AWS keeps one for each resource, the last that was written, and where they say whose they are. */
const OWNERS: Readonly<Record<string, string>> = {
  'AWS::S3::BucketPolicy': 'Bucket',
  'AWS::SNS::TopicPolicy': 'Topics',
  'AWS::SQS::QueuePolicy': 'Queues',
  'AWS::SecretsManager::ResourcePolicy': 'SecretId',
};

/** Without one, AWS lets everything through an interface endpoint; the network's controls say which need one. */
const OPTIONAL = new Set(['AWS::EC2::VPCEndpoint']);

/** The older version of the language takes `${aws:username}` for text, so that conditions on it never apply. */
const VERSION = '2012-10-17';

const trust: Json = {
  Version: VERSION,
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
};
const read: Json = { Version: VERSION, Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:x' }] };
const role = { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: trust } };
const policy = (Properties: Readonly<Record<string, Json>>) => ({ Type: 'AWS::IAM::ManagedPolicy', Properties });

export const control: RuleControl = {
  id: 'policies-whole',
  title: 'Every policy says something, in the current language, and stands on someone',
  holds: ['G02/enforce'],
  tiers: everyTier,
  why: 'An emptied policy is deployed without complaint: what it allowed fails at night, what it refused is open.',
  remedy: 'Restore the policy, or take away the part that carries it.',
  protects: Object.entries(DOCUMENTS)
    .filter(([type]) => !OPTIONAL.has(type))
    .map(([type, document]) => ({ type, properties: [document] })),
  check: (environment) => [
    ...Object.entries(DOCUMENTS).flatMap(([type, document]) =>
      environment.ofType(type).flatMap((resource) => documentFaults(resource, document)),
    ),
    ...environment.ofType('AWS::IAM::ManagedPolicy').flatMap((resource) => attachmentFaults(resource, environment)),
    ...Object.entries(OWNERS).flatMap(([type, owner]) => ownerFaults(type, owner, environment)),
  ],
  fixtures: {
    pass: [
      fixture('attached from its own side', {
        Role: role,
        Policy: policy({ PolicyDocument: read, Roles: [{ Ref: 'Role' }] }),
      }),
      fixture('attached from the other', {
        Role: { ...role, Properties: { ...role.Properties, ManagedPolicyArns: [{ Ref: 'Policy' }] } },
        Policy: policy({ PolicyDocument: read }),
      }),
    ],
    refuse: [
      fixture('nothing said', {
        Role: role,
        Policy: policy({ PolicyDocument: { Version: VERSION, Statement: [] }, Roles: [{ Ref: 'Role' }] }),
      }),
      fixture('no document', { Policy: { Type: 'AWS::SQS::QueuePolicy', Properties: { Queues: ['q'] } } }),
      fixture('the older language', {
        Role: { ...role, Properties: { AssumeRolePolicyDocument: { ...(trust as object), Version: '2008-10-17' } } },
      }),
      fixture('a statement without calls', {
        Role: role,
        Policy: policy({
          PolicyDocument: { Version: VERSION, Statement: [{ Effect: 'Allow' }] },
          Roles: [{ Ref: 'Role' }],
        }),
      }),
      fixture('a second policy of the same queue', {
        Queue: { Type: 'AWS::SQS::Queue' },
        One: { Type: 'AWS::SQS::QueuePolicy', Properties: { PolicyDocument: read, Queues: [{ Ref: 'Queue' }] } },
        Two: { Type: 'AWS::SQS::QueuePolicy', Properties: { PolicyDocument: read, Queues: [{ Ref: 'Queue' }] } },
      }),
      fixture('attached to nobody', { Policy: policy({ PolicyDocument: read }) }),
    ],
  },
};

function documentFaults(resource: Resource, document: string): Finding[] {
  const value = resource.properties[document];
  if (value === undefined && OPTIONAL.has(resource.type)) return [];
  const version = at(value, 'Version');
  const statements = asList(at(value, 'Statement'));
  const fault = (place: string, found: Json | undefined, expected: string): Finding => ({
    resource,
    location: `Properties.${document}.${place}`,
    found: shown(found),
    expected,
  });
  return [
    ...(version === VERSION ? [] : [fault('Version', version, VERSION)]),
    ...(statements.length > 0 ? [] : [fault('Statement', at(value, 'Statement'), 'a statement at least')]),
    ...statements.flatMap((statement, index) =>
      ['Action', 'NotAction'].some((key) => asList(asObject(statement)[key]).length > 0)
        ? []
        : [fault(`Statement.${index}`, statement, 'a statement that names calls')],
    ),
  ];
}

function attachmentFaults(policy: Resource, environment: EnvironmentView): Finding[] {
  const attached =
    asList(policy.properties.Roles).length > 0 ||
    environment
      .ofType('AWS::IAM::Role')
      .some((each) =>
        asList(each.properties.ManagedPolicyArns).some((arn) => environment.target(arn, each) === policy),
      );
  const found = 'a policy attached to nobody';
  return attached
    ? []
    : [{ resource: policy, location: 'Properties.Roles', found, expected: 'a role that carries it' }];
}

/** One policy for one resource: a second one replaces the first, refusals and all. */
function ownerFaults(type: string, property: string, environment: EnvironmentView): Finding[] {
  const taken = new Set<Resource>();
  return environment.ofType(type).flatMap((policy): Finding[] => {
    const owners = asList(policy.properties[property]).map((each) => environment.target(each, policy));
    const again = owners.filter((each) => each !== undefined && taken.has(each));
    for (const each of owners) if (each) taken.add(each);
    if (owners.length === 1 && again.length === 0) return [];
    const found = again.length > 0 ? 'a second policy for the same resource' : shown(policy.properties[property]);
    return [
      { resource: policy, location: `Properties.${property}`, found, expected: 'one resource, and one policy for it' },
    ];
  });
}

import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import { asList, at, type EnvironmentView, type Json, type Resource } from '../view';

const PRINCIPALS = ['AWS::IAM::Role', 'AWS::IAM::User', 'AWS::IAM::Group'] as const;

/** Policies of AWS that grant no more than what a service needs to serve. Each was read. */
const KNOWN = new Set([
  'service-role/AWSLambdaBasicExecutionRole',
  'service-role/AWSLambdaVPCAccessExecutionRole',
  'service-role/AmazonRDSEnhancedMonitoringRole',
  'service-role/AmazonECSInfrastructureRolePolicyForLoadBalancers',
]);

const role = (policy: Json) => ({
  Role: { Type: 'AWS::IAM::Role', Properties: { ManagedPolicyArns: [policy] } },
  Rights: { Type: 'AWS::IAM::ManagedPolicy' },
});

export const control: RuleControl = {
  id: 'managed-policies-known',
  title: 'Roles carry policies of this environment and few of AWS that were read',
  holds: ['G02/enforce'],
  tiers: everyTier,
  why: 'A policy of AWS is as wide as AWS likes, and grows: AdministratorAccess is one line.',
  remedy: 'Grant the calls by name. To admit another policy of AWS, read it and add it to this control.',
  protects: [{ type: 'AWS::IAM::Role', properties: ['MaxSessionDuration'] }],
  check: (environment) => [
    ...environment.ofType('AWS::IAM::ManagedPolicy').flatMap((policy) => sharingFaults(policy, environment)),
    ...PRINCIPALS.flatMap((type) =>
      environment.ofType(type).flatMap((resource): Finding[] => {
        const { ManagedPolicyArns: policies, MaxSessionDuration: seconds } = resource.properties;
        const unknown = asList(policies)
          .filter((policy) => environment.target(policy, resource)?.type !== 'AWS::IAM::ManagedPolicy')
          .map((policy) => environment.text(policy))
          .filter(
            (text) =>
              !KNOWN.has(/^arn:(?:aws[\w-]*|\$\{AWS::Partition\}):iam::aws:policy\/(.+)$/.exec(text)?.[1] ?? ''),
          )
          .map((found) => {
            const expected = `a policy of this environment or one of ${[...KNOWN].join(', ')}`;
            return { resource, location: 'Properties.ManagedPolicyArns', found, expected };
          });
        if (seconds === undefined || Number(seconds) <= 3600) return unknown;
        const found = `sessions of ${String(seconds)} s`;
        return [...unknown, { resource, location: 'Properties.MaxSessionDuration', found, expected: '3600 s at most' }];
      }),
    ),
  ],
  fixtures: {
    pass: [
      fixture(
        'a policy that was read',
        role({ 'Fn::Sub': 'arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole' }),
      ),
      fixture('a policy of the environment', role({ Ref: 'Rights' })),
    ],
    refuse: [
      fixture('administrator', role('arn:aws:iam::aws:policy/AdministratorAccess')),
      fixture(
        'a policy of the same name elsewhere',
        role('arn:aws:iam::999999999999:policy/service-role/AWSLambdaBasicExecutionRole'),
      ),
      fixture("another role's policy", {
        Own: { Type: 'AWS::IAM::Role' },
        ...role({ Ref: 'Rights' }),
        Rights: { Type: 'AWS::IAM::ManagedPolicy', Properties: { Roles: [{ Ref: 'Own' }] } },
      }),
      fixture('sessions of half a day', {
        Role: { Type: 'AWS::IAM::Role', Properties: { MaxSessionDuration: 43200 } },
      }),
    ],
  },
};

/** A policy that several roles share is for one service; one that stands on its role from its own side is for nobody else. */
function sharingFaults(policy: Resource, environment: EnvironmentView): Finding[] {
  const sharers = environment
    .ofType('AWS::IAM::Role')
    .filter((role) =>
      asList(role.properties.ManagedPolicyArns).some((arn) => environment.target(arn, role) === policy),
    );
  if (sharers.length === 0) return [];
  const services = new Set(sharers.map((role) => JSON.stringify(at(role.properties, TRUSTED))));
  const taken = asList(policy.properties.Roles).length > 0;
  if (!taken && services.size === 1) return [];
  const found = taken ? 'a policy of one role on another' : 'one policy for roles of several services';
  const expected = 'a policy of its own for each, or one that roles of the same service share';
  return [{ resource: policy, location: 'Resource', found, expected }];
}

const TRUSTED = 'AssumeRolePolicyDocument.Statement.0.Principal';

import { everyTier, type Finding, fixture, type RuleControl } from '../control';

/** Identities that live by a password or a key which nobody renews. */
const FORBIDDEN = [
  'AWS::IAM::AccessKey',
  'AWS::IAM::Group',
  'AWS::IAM::GroupPolicy',
  'AWS::IAM::InstanceProfile',
  'AWS::IAM::SAMLProvider',
  'AWS::IAM::ServerCertificate',
  'AWS::IAM::User',
  'AWS::IAM::UserPolicy',
  'AWS::IAM::UserToGroupAddition',
  'AWS::RolesAnywhere::Profile',
  'AWS::RolesAnywhere::TrustAnchor',
  'AWS::EC2::KeyPair',
  'AWS::Transfer::User',
  'AWS::ApiGateway::ApiKey',
] as const;

export const control: RuleControl = {
  id: 'no-long-lived-keys',
  title: 'No user, access key or key pair exists: people and pipelines come in with tokens that expire',
  holds: ['P12/enforce'],
  tiers: everyTier,
  why: 'A key that does not expire is found years later in a laptop, a log or a fork.',
  remedy: 'Take the deploy role from the workflow, and give people access through IAM Identity Center.',
  protects: [],
  check: (environment) =>
    FORBIDDEN.flatMap((type) =>
      environment.ofType(type).map((resource): Finding => {
        return { resource, location: 'Resource', found: type, expected: 'roles only' };
      }),
    ),
  fixtures: {
    pass: [fixture('a role', { Role: { Type: 'AWS::IAM::Role' } })],
    refuse: FORBIDDEN.map((Type) => fixture(Type, { Identity: { Type } })),
  },
};

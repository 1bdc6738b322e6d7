import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import { type Guard, guard, guards, is, oneOf, satisfies, somewhere } from '../expect';
import { actionsOf, principalsOf, type Statement, statementsOf } from '../rules/statements';
import { asList, asObject, type EnvironmentView, type Json, type JsonObject, type Resource } from '../view';

const ROLE = 'AWS::IAM::Role';
const POLICY = 'AWS::IAM::ManagedPolicy';
const PROVIDER = 'AWS::IAM::OIDCProvider';
const TOKENS = 'token.actions.githubusercontent.com';
const PARTITION = '(?:aws[\\w-]*|\\$\\{AWS::Partition\\})';
const ACCOUNT = '(?:\\$\\{AWS::AccountId\\}|\\d{12})';
const OWN_PROVIDER = new RegExp(`^arn:${PARTITION}:iam::${ACCOUNT}:oidc-provider/${TOKENS.replaceAll('.', '\\.')}$`);
/** Roles of `cdk bootstrap`, by their whole name. */
const BOOTSTRAP = new RegExp(
  `^arn:${PARTITION}:iam::${ACCOUNT}:role/cdk-[a-z0-9]+-(?:deploy|file-publishing|image-publishing)-role-${ACCOUNT}-[a-z0-9-]+$`,
);
/** One repository, and in it one GitHub environment. */
const SUBJECT = /^repo:[A-Za-z0-9-]+\/[A-Za-z0-9._-]+:environment:[A-Za-z0-9_-]+$/;

const isDeployRole = (role: Resource, environment: EnvironmentView): boolean =>
  statementsOf(role).some((each) => principalsOf(each, environment).some(([kind]) => kind === 'Federated'));

/** What lets a workflow in: a token for AWS, from one repository, inside one GitHub environment. */
const trust: Guard = {
  protects: [],
  check: (environment) =>
    environment.ofType(ROLE).flatMap((role) =>
      statementsOf(role).flatMap((statement) => {
        const federated = principalsOf(statement, environment).filter(([kind]) => kind === 'Federated');
        return federated.flatMap(([, who]) => trustFaults(statement, who, environment));
      }),
    ),
};

function trustFaults(statement: Statement, who: string, environment: EnvironmentView): Finding[] {
  const { resource, location, body } = statement;
  const { StringEquals: equals, ...others } = asObject(body.Condition);
  const { [`${TOKENS}:aud`]: audience, [`${TOKENS}:sub`]: subject } = asObject(equals);
  const finding = (found: Json | undefined, expected: string): Finding => ({
    resource,
    location,
    found: shown(found),
    expected,
  });
  const faults: Finding[] = [];
  if (!OWN_PROVIDER.test(who)) faults.push(finding(who, `the provider ${TOKENS} of this account`));
  if (environment.text(audience) !== 'sts.amazonaws.com')
    faults.push(finding(audience, 'the audience sts.amazonaws.com'));
  if (typeof subject !== 'string' || !SUBJECT.test(subject)) {
    faults.push(finding(subject, 'the subject repo:owner/name:environment:name, without a wildcard'));
  }
  if (Object.keys(others).length > 0) faults.push(finding(others, 'StringEquals and no looser comparison'));
  return faults;
}

/** What the role may do: take the roles of the bootstrap, and no more. */
const rights: Guard = {
  protects: [{ type: POLICY, properties: ['PolicyDocument'] }],
  check: (environment) =>
    environment
      .ofType(ROLE)
      .filter((role) => isDeployRole(role, environment))
      .flatMap((role) => {
        const attached = environment
          .ofType(POLICY)
          .filter((policy) =>
            asList(policy.properties.Roles).some((each) => environment.target(each, policy) === role),
          );
        const statements = attached.flatMap((policy) => statementsOf(policy));
        const listed = asList(role.properties.ManagedPolicyArns);
        const beside: Finding[] =
          listed.length === 0
            ? []
            : [
                {
                  resource: role,
                  location: 'Properties.ManagedPolicyArns',
                  found: shown(listed),
                  expected: 'its own policy alone',
                },
              ];
        if (statements.length === 0) {
          const found = 'no rights: nothing could be deployed';
          beside.push({ resource: role, location: 'Resource', found, expected: 'the roles of cdk bootstrap' });
        }
        beside.push(...whole(role, statements, environment), ...told(role, environment));
        return [...beside, ...statements.flatMap((each) => rightFaults(each, environment))];
      }),
};

/** All three kinds of role in each region, or a deployment stops half way. */
function whole(role: Resource, statements: readonly Statement[], environment: EnvironmentView): Finding[] {
  const texts = statements.flatMap(({ body }) => asList(body.Resource).map((each) => environment.text(each)));
  const regions = new Set(texts.flatMap((each) => /-([a-z]{2,}(?:-[a-z]+)+-\d)$/.exec(each)?.[1] ?? []));
  return [...regions].flatMap((region) =>
    ['deploy', 'file-publishing', 'image-publishing']
      .filter((kind) => !texts.some((each) => each.includes(`-${kind}-role-`) && each.endsWith(`-${region}`)))
      .map((kind): Finding => {
        const found = `no right to the ${kind} role of ${region}`;
        return { resource: role, location: 'Resource', found, expected: 'all roles of cdk bootstrap in each region' };
      }),
  );
}

/** Workflows are set up with what the stack tells: this role and no other. */
const told = (role: Resource, environment: EnvironmentView): Finding[] => {
  const value = environment.templates[role.stack]?.Outputs?.DeployRoleArn?.Value;
  return environment.templates[role.stack]?.Outputs === undefined || environment.target(value, role) === role
    ? []
    : [{ resource: role, location: 'Outputs.DeployRoleArn', found: shown(value), expected: 'this role' }];
};

function rightFaults(statement: Statement, environment: EnvironmentView): Finding[] {
  const { resource, location, body } = statement;
  const resources = asList(body.Resource).map((each) => environment.text(each));
  const onlyAssume = actionsOf(statement).join() === 'sts:AssumeRole' && !('NotResource' in body);
  if (onlyAssume && resources.length > 0 && resources.every((each) => BOOTSTRAP.test(each))) return [];
  return [{ resource, location, found: shown(body), expected: 'sts:AssumeRole on the roles of cdk bootstrap' }];
}

const trusted: JsonObject = {
  Effect: 'Allow',
  Action: 'sts:AssumeRoleWithWebIdentity',
  Principal: { Federated: { 'Fn::Sub': `arn:aws:iam::\${AWS::AccountId}:oidc-provider/${TOKENS}` } },
  Condition: {
    StringEquals: { [`${TOKENS}:aud`]: 'sts.amazonaws.com', [`${TOKENS}:sub`]: 'repo:example/ums:environment:prod' },
  },
};
const allowed: JsonObject = {
  Effect: 'Allow',
  Action: 'sts:AssumeRole',
  Resource: ['deploy', 'file-publishing', 'image-publishing'].map((kind) => ({
    'Fn::Sub': `arn:aws:iam::\${AWS::AccountId}:role/cdk-hnb659fds-${kind}-role-\${AWS::AccountId}-us-east-1`,
  })),
};
const pipeline = (
  changes: { trust?: JsonObject; rights?: JsonObject; role?: JsonObject; provider?: JsonObject; kept?: string } = {},
) => ({
  Provider: {
    Type: PROVIDER,
    DeletionPolicy: changes.kept ?? 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: { Url: `https://${TOKENS}`, ClientIdList: ['sts.amazonaws.com'], ...changes.provider },
  },
  Role: {
    Type: ROLE,
    Properties: {
      MaxSessionDuration: 3600,
      AssumeRolePolicyDocument: { Statement: [{ ...trusted, ...changes.trust }] },
      ...changes.role,
    },
  },
  Rights: {
    Type: POLICY,
    Properties: { Roles: [{ Ref: 'Role' }], PolicyDocument: { Statement: [{ ...allowed, ...changes.rights }] } },
  },
});
const subject = (sub: Json, operator = 'StringEquals') =>
  pipeline({
    trust: { Condition: { [operator]: { [`${TOKENS}:aud`]: 'sts.amazonaws.com', [`${TOKENS}:sub`]: sub } } },
  });

export const control: RuleControl = {
  id: 'deploy-role-bounded',
  title:
    'The pipeline deploys with a token of one repository and one GitHub environment, and can only take bootstrap roles',
  holds: ['P12/enforce'],
  tiers: everyTier,
  why: 'With a wildcard in the subject, a pull request from a fork deploys to production.',
  remedy: 'Leave DeployRole (lib/constructs/pipeline) as it is; name repository and environment under `pipeline`.',
  ...guards(
    somewhere(ROLE, 'a deploy role that GitHub workflows take', isDeployRole),
    somewhere(PROVIDER, 'GitHub as a provider of identities'),
    trust,
    rights,
    guard(ROLE, { MaxSessionDuration: oneOf(3600) }, isDeployRole),
    guard(PROVIDER, {
      // Other environments of the account trust it too, whatever becomes of this one.
      '^DeletionPolicy': oneOf('Retain', 'RetainExceptOnCreate'),
      '^UpdateReplacePolicy': is('Retain'),
      Url: is(`https://${TOKENS}`),
      ClientIdList: satisfies('sts.amazonaws.com alone', (value) => asList(value).join() === 'sts.amazonaws.com'),
    }),
  ),
  fixtures: {
    pass: [fixture('one repository, one environment', pipeline())],
    refuse: [
      fixture('any branch', subject('repo:example/ums:*')),
      fixture('any repository of an owner', subject('repo:example/*:environment:prod', 'StringLike')),
      fixture('a pull request', subject('repo:example/ums:pull_request')),
      fixture('no subject', subject(undefined as unknown as Json)),
      fixture('no condition', pipeline({ trust: { Condition: {} } })),
      fixture(
        'another audience',
        pipeline({
          trust: { Condition: { StringEquals: { [`${TOKENS}:sub`]: 'repo:example/ums:environment:prod' } } },
        }),
      ),
      fixture('another provider', pipeline({ trust: { Principal: { Federated: 'accounts.google.com' } } })),
      fixture('any call', pipeline({ rights: { Action: '*' } })),
      fixture('any role', pipeline({ rights: { Resource: '*' } })),
      fixture(
        'the role that creates everything',
        pipeline({
          rights: {
            Resource: {
              'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:role/cdk-hnb659fds-cfn-exec-role-${AWS::AccountId}-us-east-1',
            },
          },
        }),
      ),
      fixture(
        'a policy of AWS beside it',
        pipeline({ role: { ManagedPolicyArns: ['arn:aws:iam::aws:policy/PowerUserAccess'] } }),
      ),
      fixture('half a day', pipeline({ role: { MaxSessionDuration: 43_200 } })),
      fixture('tokens for anybody', pipeline({ provider: { ClientIdList: ['*'] } })),
      fixture('a provider that goes with the environment', pipeline({ kept: 'Delete' })),
      fixture('no deploy role', { Other: { Type: ROLE } }),
    ],
  },
};

import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import { absent, companion, type Guard, guard, guards, is, matches, oneOf } from '../expect';
import { CALLS_OF_EVERY_FUNCTION, FUNCTIONS } from '../rules/functions';
import { networkOf, placesIn } from '../rules/network/map';
import { networkWith, networkWithout, soundNetwork } from '../rules/network/samples';
import { actionsOf, grantsOf, isAllow, principalsOf, type Statement, statementsOf } from '../rules/statements';
import { asList, asObject, at, type EnvironmentView, type Resource } from '../view';

const ENDPOINT = 'AWS::EC2::VPCEndpoint';
/** Who calls from inside the network. */
const INSIDE = new Set(['ecs-tasks.amazonaws.com', 'lambda.amazonaws.com']);
/** The bucket from which ECR hands out image layers; its requests are signed by ECR, not by us. */
const IMAGE_LAYERS = /^arn:(aws[\w-]*|\$\{AWS::Partition\}):s3:::prod-[^/]+-starport-layer-bucket\/\*$/;
/** The bucket where a custom resource answers CloudFormation; its addresses are signed by CloudFormation, not by us. */
const ANSWERS = /^arn:(aws[\w-]*|\$\{AWS::Partition\}):s3:::cloudformation-custom-resource-response-[a-z0-9]+\/\*$/;
/** A call as AWS spells it, without a pattern. */
const CALL = /^[a-z0-9-]+:[A-Z][A-Za-z]+$/;
const S3_CALLS = new Set(['s3:DeleteObject', 's3:GetObject', 's3:ListBucket', 's3:PutObject']);
/** What functions of the kit call, also those that an environment doesn't have. */
const CALLED_BY_FUNCTIONS = [...CALLS_OF_EVERY_FUNCTION, ...Object.values(FUNCTIONS).flatMap(({ calls }) => calls)];
/** Services that the kit calls from inside. */
const SERVICES =
  /^com\.amazonaws\.[^.]+\.(ecr\.api|ecr\.dkr|ecs|kms|logs|monitoring|rds|s3|secretsmanager|sns|sqs|ssm|sts|states|elasticache|events)$/;

const ownAccount = (statement: Statement, key: string, environment: EnvironmentView): boolean => {
  const equals = asObject(at(statement.body.Condition, 'StringEquals'));
  return environment.text(equals[key]) === '${AWS::AccountId}';
};

/** Policies admit callers of this account, and S3 only this account's buckets. */
const policies: Guard = {
  protects: [{ type: ENDPOINT, properties: ['PolicyDocument'] }],
  check: (environment) =>
    environment.ofType(ENDPOINT).flatMap((resource): Finding[] => {
      const allowed = statementsOf(resource).filter(isAllow);
      if (allowed.length === 0) {
        const found = 'no policy, which admits everybody to everything';
        return [
          { resource, location: 'Properties.PolicyDocument', found, expected: 'a policy that admits this account' },
        ];
      }
      return allowed
        .filter((statement) => !isNarrow(statement, resource, environment))
        .map(({ location, body }) => ({
          resource,
          location,
          found: shown(body),
          expected: 'calls by name, of callers of this account (and for S3, on its buckets)',
        }));
    }),
};

function isNarrow(statement: Statement, endpoint: Resource, environment: EnvironmentView): boolean {
  const actions = actionsOf(statement);
  if (actions.length === 0 || !actions.every((action) => CALL.test(action))) return false;
  if (actions.some((action) => action.startsWith('s3:') && !S3_CALLS.has(action))) return false;
  const resources = asList(statement.body.Resource).map((each) => environment.text(each));
  if (actions.every((action) => action === 's3:GetObject') && resources.every((each) => IMAGE_LAYERS.test(each))) {
    return resources.length > 0;
  }
  if (actions.every((action) => action === 's3:PutObject') && resources.every((each) => ANSWERS.test(each))) {
    return resources.length > 0;
  }
  const service = serviceOf(endpoint, environment);
  const isS3 = service === 's3';
  if (!actions.every((action) => action.startsWith(`${service}:`))) return false;
  return (
    ownAccount(statement, 'aws:PrincipalAccount', environment) &&
    (!isS3 || ownAccount(statement, 'aws:ResourceAccount', environment))
  );
}

/**
 * What tasks and functions may call, their endpoint lets through, and nothing else: a call that is spelled otherwise there is
 * refused at night.
 */
const admitting: Guard = {
  protects: [{ type: ENDPOINT, properties: ['PolicyDocument'] }],
  check: (environment) => {
    const roles = environment
      .ofType('AWS::IAM::Role')
      .filter((role) =>
        statementsOf(role).some((each) => principalsOf(each, environment).some(([, who]) => INSIDE.has(who))),
      );
    const needed = new Set(roles.flatMap((role) => grantsOf(role, environment)).flatMap(actionsOf));
    const endpoints = environment
      .ofType(ENDPOINT)
      .filter(({ properties }) => properties.VpcEndpointType === 'Interface');
    return endpoints.flatMap((resource): Finding[] => {
      // ECR has two, each for some of its calls.
      const service = serviceOf(resource, environment);
      const alike = endpoints.filter((each) => serviceOf(each, environment) === service);
      const admitted = new Set(alike.flatMap((each) => statementsOf(each).filter(isAllow).flatMap(actionsOf)));
      const fault = (found: string): Finding => ({
        resource,
        location: 'Properties.PolicyDocument',
        found,
        expected: 'what is called by it',
      });
      const missing = [...needed].filter((call) => call.startsWith(`${service}:`) && !admitted.has(call));
      const idle = statementsOf(resource)
        .filter(isAllow)
        .flatMap(actionsOf)
        .filter((call) => !needed.has(call) && !CALLED_BY_FUNCTIONS.includes(call));
      return [
        ...missing.map((call) => fault(`no ${call}`)),
        ...idle.map((call) => fault(`${call}, which nobody calls`)),
      ];
    });
  },
};

/** Services whose calls begin otherwise than their endpoints are named. */
const CALLED: Readonly<Record<string, string>> = { monitoring: 'cloudwatch' };

/** The service of an endpoint, as calls name it. */
function serviceOf(endpoint: Resource, environment: EnvironmentView): string | undefined {
  const [, name = ''] =
    /\.([a-z0-9]+)(?:\.(?:api|dkr))?$/.exec(environment.text(endpoint.properties.ServiceName)) ?? [];
  return CALLED[name] ?? (name || undefined);
}

/** Where nothing runs that calls services, data is kept: no way out of there, to a bucket neither. */
const cutOff = (served: ReadonlySet<Resource | undefined>, environment: EnvironmentView): Finding[] => {
  const { kindOf, tablesOf } = networkOf(environment);
  const calling = new Set(
    placesIn(environment)
      .filter(({ part }) => ['service', 'tasks', 'functions'].includes(part))
      .flatMap(({ subnets = [], resource }) => subnets.map((each) => environment.target(each, resource))),
  );
  return environment
    .ofType('AWS::EC2::Subnet')
    .filter((subnet) => kindOf(subnet) === 'isolated' && !calling.has(subnet))
    .filter((subnet) => tablesOf(subnet).some((table) => served.has(table)))
    .map((resource) => ({
      resource,
      location: 'Resource',
      found: 'a gateway endpoint in the route table of the isolated tier',
      expected: 'no way out',
    }));
};

/** The S3 gateway serves every subnet in which something runs: image layers come by it. */
const reaching: Guard = {
  protects: [{ type: ENDPOINT, properties: ['RouteTableIds'] }],
  check: (environment) => {
    const served = new Set(
      environment
        .ofType(ENDPOINT)
        .filter(({ properties }) => environment.text(properties.ServiceName).endsWith('.s3'))
        .flatMap((endpoint) =>
          asList(endpoint.properties.RouteTableIds).map((each) => environment.target(each, endpoint)),
        ),
    );
    const running = placesIn(environment)
      .filter(({ part }) => part === 'service' || part === 'tasks')
      .flatMap(({ resource, subnets = [] }) => subnets.map((each) => environment.target(each, resource)));
    return [
      ...cutOff(served, environment),
      ...[...new Set(running)].flatMap((subnet): Finding[] => {
        if (
          !subnet ||
          networkOf(environment)
            .tablesOf(subnet)
            .some((table) => served.has(table))
        )
          return [];
        const found = 'no S3 gateway endpoint in its route table';
        return [{ resource: subnet, location: 'Resource', found, expected: 'the S3 gateway endpoint' }];
      }),
    ];
  },
};

const logsBy = (...Action: readonly string[]) => ({
  ...soundNetwork,
  Logs: {
    Type: ENDPOINT,
    Properties: {
      VpcId: { Ref: 'Vpc' },
      ServiceName: 'com.amazonaws.us-east-1.logs',
      VpcEndpointType: 'Interface',
      PrivateDnsEnabled: true,
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: '*' },
            Action,
            Resource: '*',
            Condition: { StringEquals: { 'aws:PrincipalAccount': { Ref: 'AWS::AccountId' } } },
          },
        ],
      },
    },
  },
});

export const control: RuleControl = {
  id: 'endpoints-restricted',
  title: 'Endpoints of AWS services admit named calls of this account, and S3 is reached by one',
  holds: ['C07/enforce', 'G02/enforce'],
  tiers: everyTier,
  why: 'Through an endpoint without a policy, whoever runs code inside copies data into a bucket of his own.',
  remedy: 'Add the call to lib/constructs/network/endpoints.ts, with its caller in mind.',
  ...guards(
    policies,
    admitting,
    reaching,
    companion(
      ENDPOINT,
      { by: 'AWS::EC2::VPC', as: 'a gateway endpoint for S3' },
      (endpoint, vpc, environment) =>
        environment.target(endpoint.properties.VpcId, endpoint) === vpc &&
        environment.text(endpoint.properties.ServiceName).endsWith('.s3'),
    ),
    guard(ENDPOINT, { ServiceName: matches(SERVICES, 'a service that the kit calls') }),
    guard(ENDPOINT, { VpcEndpointType: oneOf('Gateway', 'Interface') }),
    guard(ENDPOINT, { PrivateDnsEnabled: is(true) }, ({ properties }) => properties.VpcEndpointType === 'Interface'),
    guard(ENDPOINT, { PrivateDnsEnabled: absent }, ({ properties }) => properties.VpcEndpointType === 'Gateway'),
  ),
  fixtures: {
    pass: [
      fixture('S3, own buckets', soundNetwork),
      fixture('logs', logsBy('logs:CreateLogStream', 'logs:PutLogEvents')),
      fixture(
        'layers of images',
        networkWith('S3', {
          'PolicyDocument.Statement.0': {
            Effect: 'Allow',
            Principal: '*',
            Action: 's3:GetObject',
            Resource: { 'Fn::Sub': 'arn:aws:s3:::prod-${AWS::Region}-starport-layer-bucket/*' },
          },
        }),
      ),
      fixture(
        'answers to CloudFormation',
        networkWith('S3', {
          'PolicyDocument.Statement.0': {
            Effect: 'Allow',
            Principal: '*',
            Action: 's3:PutObject',
            Resource: 'arn:aws:s3:::cloudformation-custom-resource-response-useast1/*',
          },
        }),
      ),
    ],
    refuse: [
      ...['arn:aws:s3:::cloudformation-custom-resource-response-*', 'arn:aws:s3:::mine/*'].map((Resource) =>
        fixture(
          `answers to ${Resource}`,
          networkWith('S3', {
            'PolicyDocument.Statement.0': { Effect: 'Allow', Principal: '*', Action: 's3:PutObject', Resource },
          }),
        ),
      ),
      fixture('a call that nobody makes', logsBy('logs:PutLogEvents', 'logs:DeleteLogGroup')),
      fixture('a call that does not exist', logsBy('logs:PutLogEventss')),
      fixture('no policy', networkWith('S3', { PolicyDocument: undefined })),
      fixture('every call', networkWith('S3', { 'PolicyDocument.Statement.0.Action': '*' })),
      fixture(
        'every bucket',
        networkWith('S3', { 'PolicyDocument.Statement.0.Condition.StringEquals.aws:ResourceAccount': undefined }),
      ),
      fixture('every caller', networkWith('S3', { 'PolicyDocument.Statement.0.Condition': undefined })),
      fixture('no S3', networkWithout('S3')),
      fixture('one table only', networkWith('S3', { RouteTableIds: [{ Ref: 'PrivateTable1' }] })),
      fixture(
        'a service of somebody else',
        networkWith('S3', { ServiceName: 'com.amazonaws.vpce.us-east-1.vpce-svc-1' }),
      ),
    ],
  },
};

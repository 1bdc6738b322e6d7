import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import {
  between,
  type Expectation,
  type Guard,
  guard,
  guards,
  is,
  matches,
  oneOf,
  pointsAt,
  satisfies,
} from '../expect';
import { closed } from '../rules/closed';
import { asList, asObject, at, type Json } from '../view';

const TYPE = 'AWS::Lambda::Function';

/** What the kit sets on a function; CloudFormation knows more, and layers or snapshots would bring foreign code. */
const KNOWN = [
  'Architectures',
  'Code',
  'DeadLetterConfig',
  'Description',
  'Environment',
  'FunctionName',
  'Handler',
  'LoggingConfig',
  'MemorySize',
  'ReservedConcurrentExecutions',
  'Role',
  'Runtime',
  'Tags',
  'Timeout',
  'TracingConfig',
  'VpcConfig',
];

/** An object with these fields and no others. */
const only = (...fields: readonly string[]): Expectation =>
  satisfies(
    `${fields.join(' and ')} alone`,
    (value) => Object.keys(asObject(value)).sort().join() === [...fields].sort().join(),
  );

/** Two subnets at least, so that the function outlives a zone, none of which faces the internet. */
const innerSubnets: Expectation = satisfies(
  'two subnets of this environment that give no public address',
  (value, from, view) => {
    const subnets = new Set(asList(value).map((each) => view.target(each, from)));
    return (
      subnets.size >= 2 &&
      subnets.size === asList(value).length &&
      [...subnets].every(
        (each) => each?.type === 'AWS::EC2::Subnet' && String(each.properties.MapPublicIpOnLaunch) !== 'true',
      ) &&
      [...subnets].every((each) => each && !isIsolated(each.path))
    );
  },
);

/** The tier of a subnet is part of its construct's name; a function in the isolated one reaches no service at all. */
const isIsolated = (path: string): boolean => /\/isolatedSubnet/i.test(path);

const functionsGroup: Expectation = satisfies('the security group of functions, alone', (value, from, view) => {
  const [group, ...others] = asList(value);
  return others.length === 0 && /\/Functions(\/|$)/.test(view.target(group, from)?.path ?? '');
});

/** One function with the code of another does that one's work twice, and its own never. */
const ownCode: Guard = {
  protects: [{ type: TYPE, properties: ['Code'] }],
  check: (environment) =>
    environment.ofType(TYPE).flatMap((resource, index, all): Finding[] => {
      const key = environment.text(at(resource.properties, 'Code.S3Key'));
      const twin = all.slice(0, index).find((each) => environment.text(at(each.properties, 'Code.S3Key')) === key);
      if (!twin) return [];
      return [{ resource, location: 'Properties.Code', found: `the code of ${twin.path}`, expected: 'its own' }];
    }),
};

const good = {
  Runtime: 'nodejs24.x',
  Architectures: ['arm64'],
  Handler: 'index.handler',
  Code: { S3Bucket: { 'Fn::Sub': 'assets-${AWS::AccountId}' }, S3Key: `${'a1'.repeat(32)}.zip` },
  Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
  Timeout: 30,
  MemorySize: 256,
  ReservedConcurrentExecutions: 1,
  DeadLetterConfig: { TargetArn: { 'Fn::GetAtt': ['Queue', 'Arn'] } },
  LoggingConfig: {
    LogGroup: { Ref: 'Log' },
    LogFormat: 'JSON',
    ApplicationLogLevel: 'INFO',
    SystemLogLevel: 'INFO',
  },
  VpcConfig: { SubnetIds: [{ Ref: 'One' }, { Ref: 'Two' }], SecurityGroupIds: [{ Ref: 'Group' }] },
} satisfies Readonly<Record<string, Json>>;
const environmentWith = (changes: Readonly<Record<string, Json>>) => ({
  Role: { Type: 'AWS::IAM::Role' },
  Queue: { Type: 'AWS::SQS::Queue' },
  Log: { Type: 'AWS::Logs::LogGroup' },
  One: { Type: 'AWS::EC2::Subnet' },
  Two: { Type: 'AWS::EC2::Subnet' },
  Group: {
    Type: 'AWS::EC2::SecurityGroup',
    Metadata: { 'aws:cdk:path': 'fixture/network/Network/Functions/Resource' },
  },
  Function: { Type: TYPE, Properties: { ...good, ...changes } },
});

export const control: RuleControl = {
  id: 'functions-hardened',
  title: 'Functions run current code of ours inside the network, within bounds, and lose no failure',
  holds: ['C07/enforce', 'L01/enforce'],
  tiers: everyTier,
  why: 'A function acts with the rights of the environment: foreign code in it, a network of its own or a failure that nobody sees is a way in.',
  remedy: 'Build functions with the construct in lib/constructs/functions, which sets all of this.',
  ...guards(
    closed(TYPE, KNOWN),
    ownCode,
    guard(TYPE, {
      Runtime: oneOf('nodejs22.x', 'nodejs24.x'),
      Architectures: satisfies('["arm64"]', (value) => JSON.stringify(value) === '["arm64"]'),
      Handler: is('index.handler'),
      Code: only('S3Bucket', 'S3Key'),
      VpcConfig: only('SecurityGroupIds', 'SubnetIds'),
      'Code.S3Key': matches(/^[0-9a-f]{64}\.zip$/, 'an asset named after its content'),
      'Code.S3Bucket': matches(/\$\{AWS::AccountId\}|\d{12}/, "the account's own bucket of assets"),
      Role: pointsAt('AWS::IAM::Role'),
      Timeout: between(10, 900),
      MemorySize: between(128, 2048),
      ReservedConcurrentExecutions: between(1, 10),
      'DeadLetterConfig.TargetArn': pointsAt('AWS::SQS::Queue'),
      'LoggingConfig.LogGroup': pointsAt('AWS::Logs::LogGroup'),
      'LoggingConfig.LogFormat': is('JSON'),
      'LoggingConfig.ApplicationLogLevel': oneOf('INFO', 'DEBUG'),
      'LoggingConfig.SystemLogLevel': oneOf('INFO', 'WARN'),
      'VpcConfig.SubnetIds': innerSubnets,
      'VpcConfig.SecurityGroupIds': functionsGroup,
    }),
  ),
  fixtures: {
    pass: [fixture('as the construct builds it', environmentWith({}))],
    refuse: [
      fixture('an old runtime', environmentWith({ Runtime: 'nodejs18.x' })),
      fixture('code in the template', environmentWith({ Code: { ZipFile: 'exports.handler = () => 1' } })),
      fixture('the code of another', { ...environmentWith({}), Other: environmentWith({}).Function }),
      fixture('a layer', environmentWith({ Layers: ['arn:aws:lambda:us-east-1:999999999999:layer:foreign:1'] })),
      fixture('outside the network', environmentWith({ VpcConfig: {} })),
      fixture(
        'an address of another family',
        environmentWith({ VpcConfig: { ...good.VpcConfig, Ipv6AllowedForDualStack: true } }),
      ),
      fixture('an older version of the code', environmentWith({ Code: { ...good.Code, S3ObjectVersion: 'x' } })),
      fixture('failures that nobody keeps', environmentWith({ DeadLetterConfig: {} })),
      fixture('no concurrency at all', environmentWith({ ReservedConcurrentExecutions: 0 })),
      fixture('as many copies as the account has', environmentWith({ ReservedConcurrentExecutions: 1000 })),
      fixture('a log of its own making', environmentWith({ LoggingConfig: { LogFormat: 'JSON' } })),
    ],
  },
};

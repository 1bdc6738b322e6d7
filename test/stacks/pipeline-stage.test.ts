import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { PipelineStage } from '../../lib/stacks/pipeline-stage';
import { environmentOf } from '../support/environments';

const stacksOf = (environment = environmentOf()) => {
  const stage = new PipelineStage(new App({ analyticsReporting: false }), 'pipeline', environment);
  const [provider, deployer] = stage.node.children.filter(Stack.isStack) as [Stack, Stack];
  return { provider, deployer };
};

describe('the deploy role', () => {
  const { deployer } = stacksOf();
  const template = Template.fromStack(deployer);

  it('is taken with a token of one repository and one GitHub environment', () => {
    template.hasResourceProperties('AWS::IAM::Role', {
      RoleName: 'ums-prod-deploy',
      MaxSessionDuration: 3600,
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: 'sts:AssumeRoleWithWebIdentity',
            Condition: {
              StringEquals: {
                'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
                'token.actions.githubusercontent.com:sub': 'repo:example/ums-deployment:environment:prod',
              },
            },
          },
        ],
      },
    });
  });

  it('can take the bootstrap roles of both regions and do nothing else', () => {
    const [policy] = Object.values(template.findResources('AWS::IAM::ManagedPolicy'));
    const statements = policy?.Properties.PolicyDocument.Statement;
    expect(statements).toHaveLength(1);
    const [statement] = statements;
    expect(statement.Action).toBe('sts:AssumeRole');
    const roles = statement.Resource.map((arn: object) =>
      /role\/(cdk-[a-z0-9-]+)-role-.*-((us-)[a-z]+-\d)"/.exec(JSON.stringify(arn)),
    );
    expect(roles.map((match: RegExpExecArray) => `${match[1]} ${match[2]}`).sort()).toEqual([
      'cdk-hnb659fds-deploy us-east-1',
      'cdk-hnb659fds-deploy us-west-2',
      'cdk-hnb659fds-file-publishing us-east-1',
      'cdk-hnb659fds-file-publishing us-west-2',
      'cdk-hnb659fds-image-publishing us-east-1',
      'cdk-hnb659fds-image-publishing us-west-2',
    ]);
  });

  it('follows the GitHub environment that the configuration names', () => {
    const named = environmentOf('production', { pipeline: { environment: 'live' } });
    const subject = JSON.stringify(Template.fromStack(stacksOf(named).deployer).findResources('AWS::IAM::Role'));
    expect(subject).toContain('repo:example/ums-deployment:environment:live');
  });
});

describe('the provider', () => {
  it('is the same stack in every environment of an account, so that the account gets one', () => {
    const region = 'eu-central-1';
    const [one, two] = [environmentOf('development', { region }), environmentOf('staging', { region })].map(
      (each) => stacksOf(each).provider,
    );
    expect([one?.stackName, one?.region]).toEqual(['breakwater-github-provider', region]);
    expect([two?.stackName, two?.region]).toEqual([one?.stackName, one?.region]);
    expect(Template.fromStack(two as Stack).toJSON()).toEqual(Template.fromStack(one as Stack).toJSON());
  });

  it('stays when an environment goes', () => {
    const { provider } = stacksOf();
    expect(provider.terminationProtection).toBe(true);
    Template.fromStack(provider).hasResource('AWS::IAM::OIDCProvider', {
      Properties: { Url: 'https://token.actions.githubusercontent.com', ClientIdList: ['sts.amazonaws.com'] },
      DeletionPolicy: 'RetainExceptOnCreate',
    });
  });
});

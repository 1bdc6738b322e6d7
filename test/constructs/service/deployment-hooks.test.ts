import { Match, Template } from 'aws-cdk-lib/assertions';
import { KitFunction } from '../../../lib/constructs/functions/kit-function';
import { addDeploymentHook } from '../../../lib/constructs/service/deployment-hooks';
import { environmentOf } from '../../support/environments';
import { serviceStackOf } from '../../support/service-template';

describe('a deployment hook', () => {
  /** A stack with a function to ask. */
  function withFunction() {
    const environment = environmentOf();
    const stack = serviceStackOf(environment);
    const watch = stack.node.findAll().find((each): each is KitFunction => each instanceof KitFunction);
    if (!watch) throw new Error('The stack has no function');
    return { stack, handler: watch.lambda };
  }

  it('is asked at its stages, by a role that may call this function and nothing else', () => {
    const { stack, handler } = withFunction();
    stack.service.addHook({
      id: 'Probe',
      stages: ['POST_TEST_TRAFFIC_SHIFT', 'PRE_PRODUCTION_TRAFFIC_SHIFT'],
      handler,
    });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::ECS::Service', {
      ServiceName: 'ums-prod-web',
      DeploymentConfiguration: {
        LifecycleHooks: [
          {
            LifecycleStages: ['POST_TEST_TRAFFIC_SHIFT', 'PRE_PRODUCTION_TRAFFIC_SHIFT'],
            HookTargetArn: Match.anyValue(),
            RoleArn: Match.anyValue(),
          },
        ],
      },
    });
    const [rights] = Object.keys(template.findResources('AWS::IAM::ManagedPolicy')).filter((each) =>
      each.includes('ProbeHookRole'),
    );
    template.hasResource('AWS::ECS::Service', {
      Properties: { ServiceName: 'ums-prod-web' },
      DependsOn: Match.arrayWith([rights]),
    });
    template.hasResourceProperties('AWS::IAM::ManagedPolicy', {
      Roles: [{ Ref: Match.stringLikeRegexp('ProbeHookRole') }],
      PolicyDocument: { Statement: [{ Action: 'lambda:InvokeFunction', Effect: 'Allow', Resource: Match.anyValue() }] },
    });
  });

  it('is refused at a stage that does not exist, with those that do', () => {
    const { stack, handler } = withFunction();
    expect(() =>
      addDeploymentHook(stack.service.service, { id: 'Probe', stages: ['BEFORE_TRAFFIC' as never], handler }),
    ).toThrow(/no stage BEFORE_TRAFFIC.*PRE_SCALE_UP/s);
  });
});

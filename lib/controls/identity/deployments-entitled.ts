import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import { grantsOf, reach } from '../rules/statements';
import { asList, asObject, at, type EnvironmentView, type Json, type JsonObject, type Resource } from '../view';

const ROLE = 'AWS::IAM::Role';
const SERVICE = 'AWS::ECS::Service';
const FUNCTION = 'AWS::Lambda::Function';
const RULE = 'AWS::ElasticLoadBalancingV2::ListenerRule';
const TARGETS = 'AWS::ElasticLoadBalancingV2::TargetGroup';

const arn = (id: string): Json => ({ 'Fn::GetAtt': [id, 'Arn'] });
const allowing = (Action: Json, ...ids: readonly string[]): JsonObject => ({
  Effect: 'Allow',
  Action,
  Resource: ids.map((Ref) => ({ Ref })),
});
const asking: JsonObject = { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: arn('Check') };
const moving: readonly JsonObject[] = [
  allowing('elasticloadbalancing:ModifyRule', 'Production', 'Test'),
  allowing(['elasticloadbalancing:RegisterTargets', 'elasticloadbalancing:DeregisterTargets'], 'Blue', 'Green'),
];
const role = (...Statement: readonly JsonObject[]) => ({
  Type: ROLE,
  Properties: { Policies: [{ PolicyName: 'Rights', PolicyDocument: { Statement } }] },
});
const service = (traffic: readonly JsonObject[] = moving, hook: readonly JsonObject[] = [asking]) => ({
  Production: { Type: RULE },
  Test: { Type: RULE },
  Blue: { Type: TARGETS },
  Green: { Type: TARGETS },
  Check: { Type: FUNCTION },
  Traffic: role(...traffic),
  Hook: role(...hook),
  Service: {
    Type: SERVICE,
    Properties: {
      DeploymentConfiguration: { LifecycleHooks: [{ HookTargetArn: arn('Check'), RoleArn: arn('Hook') }] },
      LoadBalancers: [
        {
          TargetGroupArn: { Ref: 'Blue' },
          AdvancedConfiguration: {
            AlternateTargetGroupArn: { Ref: 'Green' },
            ProductionListenerRule: { Ref: 'Production' },
            TestListenerRule: { Ref: 'Test' },
            RoleArn: arn('Traffic'),
          },
        },
      ],
    },
  },
});

export const control: RuleControl = {
  id: 'deployments-entitled',
  title: 'A deployment may move the traffic of its service and ask the functions that it waits for',
  holds: ['C10/enforce', 'G02/enforce'],
  tiers: everyTier,
  why: 'A right too few is met in the middle of a deployment: traffic stays where it was, or is not brought back.',
  remedy: 'Give rights by the grant methods of rules, target groups and functions; add hooks with addDeploymentHook().',
  protects: [
    { type: 'AWS::IAM::ManagedPolicy', properties: [] },
    { type: 'AWS::IAM::ManagedPolicy', properties: ['PolicyDocument'] },
    { type: SERVICE, properties: ['DeploymentConfiguration.LifecycleHooks', 'LoadBalancers.AdvancedConfiguration'] },
  ],
  check: (environment) =>
    environment
      .ofType(SERVICE)
      .flatMap((each) => [...hookFaults(each, environment), ...trafficFaults(each, environment)]),
  fixtures: {
    pass: [fixture('moves and asks', service())],
    refuse: [
      fixture('may not move users', service([allowing('elasticloadbalancing:ModifyRule', 'Test'), ...moving.slice(1)])),
      fixture('may not fill the other group', service(moving.slice(0, 1))),
      fixture('may not ask', service(moving, [])),
      fixture('may ask another', service(moving, [{ ...asking, Resource: arn('Other') }])),
    ],
  },
};

const faultAt =
  (location: string) =>
  (resource: Resource, found: string, expected: string): Finding => ({ resource, location, found, expected });

/** What moves traffic between versions, against the rules and target groups of the service. */
const trafficFaults = (service: Resource, environment: EnvironmentView): Finding[] =>
  asList(service.properties.LoadBalancers).flatMap((entry, index): Finding[] => {
    const { TargetGroupArn, AdvancedConfiguration } = asObject(entry);
    const { RoleArn, ProductionListenerRule, TestListenerRule, AlternateTargetGroupArn } =
      asObject(AdvancedConfiguration);
    const role = environment.target(RoleArn, service);
    if (role?.type !== ROLE) return [];
    const grants = grantsOf(role, environment);
    const needed: readonly (readonly [string, Json | undefined])[] = [
      ...[ProductionListenerRule, TestListenerRule].map((each) => ['elasticloadbalancing:ModifyRule', each] as const),
      ...[TargetGroupArn, AlternateTargetGroupArn].flatMap((each) =>
        ['Register', 'Deregister'].map((verb) => [`elasticloadbalancing:${verb}Targets`, each] as const),
      ),
    ];
    return needed.flatMap(([action, on]) => {
      const part = environment.target(on, service);
      if (!part || reach(grants, action, environment).has(part)) return [];
      const found = `a role without ${action} on ${part.path}`;
      return [faultAt(`Properties.LoadBalancers.${index}`)(service, found, 'a role that can move traffic')];
    });
  });

/** The functions that a service asks during a deployment, against what the roles of its hooks may call. */
const hookFaults = (service: Resource, environment: EnvironmentView): Finding[] =>
  asList(at(service.properties, 'DeploymentConfiguration.LifecycleHooks')).flatMap((hook, index): Finding[] => {
    const { RoleArn, HookTargetArn } = asObject(hook);
    const role = environment.target(RoleArn, service);
    const callee = environment.target(HookTargetArn, service);
    const reached = role ? reach(grantsOf(role, environment), 'lambda:InvokeFunction', environment) : new Set();
    return callee !== undefined && reached.has(callee)
      ? []
      : [
          faultAt(`Properties.DeploymentConfiguration.LifecycleHooks.${index}`)(
            service,
            "a hook whose role can't call its function",
            'a function of this environment, and a role that may call it',
          ),
        ];
  });

import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import { functionOf } from '../rules/functions';
import { ROTATION } from '../rules/rotation';
import { asList, at, type EnvironmentView, type Json, type Resource } from '../view';

const ROUTE = 'AWS::EC2::Route';
const SUBNET = 'AWS::EC2::Subnet';
const GATEWAY = 'AWS::EC2::NatGateway';
const ATTACHMENT = 'AWS::EC2::VPCGatewayAttachment';
const FAMILY = 'AWS::EC2::VPCCidrBlock';
const RULE = 'AWS::Events::Rule';
const PERMISSION = 'AWS::Lambda::Permission';
const SERVICE = 'AWS::ECS::Service';

/** What can only be made after something that it doesn't refer to. */
const ORDER: Readonly<Record<string, (part: Resource, environment: EnvironmentView) => readonly Resource[]>> = {
  // EC2 takes a route to an internet gateway only once that is attached.
  [ROUTE]: (route, environment) => (route.properties.GatewayId === undefined ? [] : environment.ofType(ATTACHMENT)),
  // A subnet's IPv6 range is cut from the VPC's, which comes separately.
  [SUBNET]: (subnet, environment) => (subnet.properties.Ipv6CidrBlock === undefined ? [] : environment.ofType(FAMILY)),
  // A NAT gateway fails for good if its subnet has no way to the internet when it is made.
  [GATEWAY]: (gateway, environment) => {
    const subnet = environment.target(gateway.properties.SubnetId, gateway);
    const tables = environment
      .ofType('AWS::EC2::SubnetRouteTableAssociation')
      .filter((each) => environment.target(each.properties.SubnetId, each) === subnet)
      .map((each) => environment.target(each.properties.RouteTableId, each));
    return environment
      .ofType(ROUTE)
      .filter((each) => tables.includes(environment.target(each.properties.RouteTableId, each)));
  },
  // Secrets Manager tries the function as soon as the rotation is set up.
  [ROTATION]: (rotation, environment) => {
    const secret = environment.target(rotation.properties.SecretId, rotation);
    return environment
      .ofType(PERMISSION)
      .filter((each) => secret !== undefined && environment.target(each.properties.SourceArn, each) === secret);
  },
  // Before the services stand, the function that deploys them anew finds nothing and fails.
  [RULE]: (rule, environment) =>
    asList(rule.properties.Targets).some((each) => {
      const run = environment.target(at(each, 'Arn'), rule);
      return run !== undefined && functionOf(run, environment) === 'redeploy-service';
    })
      ? environment.ofType(SERVICE)
      : [],
};

const network = (changes: Readonly<Record<string, { readonly Type: string; readonly DependsOn?: Json }>> = {}) => ({
  Gateway: { Type: 'AWS::EC2::InternetGateway' },
  Attachment: { Type: ATTACHMENT },
  Table: { Type: 'AWS::EC2::RouteTable' },
  Route: {
    Type: ROUTE,
    DependsOn: ['Attachment'],
    Properties: { RouteTableId: { Ref: 'Table' }, GatewayId: { Ref: 'Gateway' } },
  },
  Range: { Type: FAMILY },
  Subnet: { Type: SUBNET, DependsOn: 'Range', Properties: { Ipv6CidrBlock: '2001:db8::/64' } },
  Association: {
    Type: 'AWS::EC2::SubnetRouteTableAssociation',
    Properties: { SubnetId: { Ref: 'Subnet' }, RouteTableId: { Ref: 'Table' } },
  },
  Nat: { Type: GATEWAY, DependsOn: ['Route'], Properties: { SubnetId: { Ref: 'Subnet' } } },
  ...changes,
});
const parts = network();
const rotation = (...DependsOn: readonly string[]) => ({
  Secret: { Type: 'AWS::SecretsManager::Secret' },
  Permission: { Type: PERMISSION, Properties: { SourceArn: { Ref: 'Secret' } } },
  Rotation: { Type: ROTATION, DependsOn, Properties: { SecretId: { Ref: 'Secret' } } },
});
const redeployment = (...DependsOn: readonly string[]) => ({
  Web: { Type: SERVICE },
  Redeploy: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'ums-fixture-redeploy-service' } },
  Rule: { Type: RULE, DependsOn, Properties: { Targets: [{ Arn: { 'Fn::GetAtt': ['Redeploy', 'Arn'] } }] } },
});

export const control: RuleControl = {
  id: 'order-kept',
  title: 'Parts that need another, without referring to it, are made after it',
  holds: ['C07/enforce'],
  tiers: everyTier,
  why: 'CloudFormation makes at once what does not wait: the deployment fails, or works, by chance, and again when it is rolled back.',
  remedy: 'Let the construct wait for what it needs: `node.addDependency(…)`.',
  protects: Object.keys(ORDER).map((type) => ({ type, properties: ['^DependsOn'] })),
  check: (environment) =>
    Object.entries(ORDER).flatMap(([type, before]) =>
      environment.ofType(type).flatMap((resource) => {
        const waitsFor = asList(
          environment.templates[resource.stack]?.Resources?.[resource.logicalId]?.DependsOn as Json | undefined,
        );
        return before(resource, environment)
          .filter((each) => each.stack === resource.stack && !waitsFor.includes(each.logicalId))
          .map((each): Finding => {
            const found = `nothing that waits for ${each.path}`;
            return { resource, location: 'DependsOn', found, expected: 'what must stand before it' };
          });
      }),
    ),
  fixtures: {
    pass: [
      fixture('in order', parts),
      fixture('a rotation whose function may be called', rotation('Permission')),
      fixture('a service before it is deployed anew', redeployment('Web')),
    ],
    refuse: [
      fixture('a route before the gateway is attached', network({ Route: { ...parts.Route, DependsOn: [] } })),
      fixture('a subnet before its range', network({ Subnet: { ...parts.Subnet, DependsOn: [] } })),
      fixture('a NAT gateway before its way out', network({ Nat: { ...parts.Nat, DependsOn: ['Attachment'] } })),
      fixture('a rotation before its function may be called', rotation()),
      fixture('a service deployed anew before it stands', redeployment()),
    ],
  },
};

import { Match, Template } from 'aws-cdk-lib/assertions';
import type { Environment } from '../../../lib/config/schema';
import { FoundationStack } from '../../../lib/stacks/foundation-stack';
import { NetworkStack } from '../../../lib/stacks/network-stack';
import { environmentOf, stageOf } from '../../support/environments';

function rendered(environment: Environment): Template {
  const stage = stageOf(environment);
  const foundation = new FoundationStack(stage, 'foundation', { environment });
  return Template.fromStack(new NetworkStack(stage, 'network', { environment, foundation }));
}

/** Ranges by the last part of the subnet's name. */
const subnets = (template: Template): Record<string, string> =>
  Object.fromEntries(
    Object.values(template.findResources('AWS::EC2::Subnet')).map(({ Properties: { Tags, CidrBlock } }) => {
      const name: string = Tags.find(({ Key }: { Key: string }) => Key === 'Name').Value;
      return [name.split('/').at(-1), CidrBlock];
    }),
  );

describe('in production', () => {
  const template = rendered(environmentOf('production'));

  it('has a gateway in each zone, which the private subnet of that zone leaves by', () => {
    template.resourceCountIs('AWS::EC2::NatGateway', 2);
    for (const zone of [1, 2]) {
      template.hasResourceProperties('AWS::EC2::Route', {
        RouteTableId: { Ref: Match.stringLikeRegexp(`privateSubnet${zone}`) },
        NatGatewayId: { 'Fn::GetAtt': [Match.stringLikeRegexp(`PublicSubnet${zone}`), 'NatGatewayId'] },
        DestinationCidrBlock: '0.0.0.0/0',
      });
    }
  });

  it('leads its public subnets to the internet by one table, in both families', () => {
    const routes = Object.values(template.findResources('AWS::EC2::Route')).map(({ Properties }) => Properties);
    const out = routes.filter(({ GatewayId }) => GatewayId !== undefined);
    expect(out.map((each) => each.DestinationCidrBlock ?? each.DestinationIpv6CidrBlock).sort()).toEqual([
      '0.0.0.0/0',
      '::/0',
    ]);
    expect(new Set(out.map(({ RouteTableId }) => RouteTableId.Ref)).size).toBe(1);
  });

  it('has zones by position and no public address by itself', () => {
    template.allResourcesProperties('AWS::EC2::Subnet', {
      AvailabilityZone: { 'Fn::Select': [Match.anyValue(), { 'Fn::GetAZs': '' }] },
      MapPublicIpOnLaunch: false,
    });
  });

  it('records every connection', () => {
    template.hasResourceProperties('AWS::EC2::FlowLog', { TrafficType: 'ALL', ResourceType: 'VPC' });
  });

  it('gives every security group a rule outward', () => {
    template.allResourcesProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupEgress: Match.arrayWith([Match.objectLike({ CidrIp: '255.255.255.255/32' })]),
    });
  });

  it('lets the internet in at the load balancer only', () => {
    const open = Object.values(template.findResources('AWS::EC2::SecurityGroup')).filter(
      ({ Properties }) => Properties.SecurityGroupIngress !== undefined,
    );
    expect(open.map(({ Properties }) => Properties.GroupDescription)).toEqual(['loadBalancer of prod']);
  });

  it('watches the ports of each gateway', () => {
    template.resourcePropertiesCountIs('AWS::CloudWatch::Alarm', { MetricName: 'ErrorPortAllocation' }, 2);
  });
});

describe('without a way out', () => {
  const template = rendered(environmentOf('production', { network: { egress: 'none', zones: 3 } }));

  it('has neither gateways nor addresses, and endpoints instead', () => {
    template.resourceCountIs('AWS::EC2::NatGateway', 0);
    template.resourceCountIs('AWS::EC2::EIP', 0);
    template.resourcePropertiesCountIs('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface' }, 6);
    template.resourcePropertiesCountIs('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Gateway' }, 1);
  });

  it('admits callers of this account only', () => {
    for (const { Properties } of Object.values(template.findResources('AWS::EC2::VPCEndpoint'))) {
      const [statement] = Properties.PolicyDocument.Statement;
      expect(statement.Condition.StringEquals['aws:PrincipalAccount']).toEqual({ Ref: 'AWS::AccountId' });
    }
  });

  it('opens HTTPS to the endpoints for what calls', () => {
    template.resourcePropertiesCountIs(
      'AWS::EC2::SecurityGroupIngress',
      { GroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('Endpoints'), 'GroupId'] }, FromPort: 443, ToPort: 443 },
      3,
    );
  });
});

it('moves no subnet when a third zone is added', () => {
  const two = subnets(rendered(environmentOf('staging', { network: { zones: 2 } })));
  const three = subnets(rendered(environmentOf('staging', { network: { zones: 3 } })));
  expect(Object.keys(two)).toHaveLength(6);
  expect(three).toEqual({ ...three, ...two });
  expect(new Set(Object.values(three)).size).toBe(9);
});

it('fits three zones into the smallest VPC', () => {
  const ranges = subnets(rendered(environmentOf('production', { network: { cidr: '10.9.0.0/20', zones: 3 } })));
  expect(ranges).toMatchObject({
    privateSubnet3: '10.9.8.0/22',
    Subnet3: '10.9.13.0/25',
    isolatedSubnet3: '10.9.14.128/25',
  });
});

it('opens the mail port to the app when it sends mail, and not to functions', () => {
  const mail = { host: 'smtp.example.com', port: 587 as const, from: 'app@example.com', timeoutSeconds: 10 };
  const template = rendered(environmentOf('production', { app: { mail } }));
  const open = Object.values(template.findResources('AWS::EC2::SecurityGroup'))
    .filter(({ Properties }) => JSON.stringify(Properties.SecurityGroupEgress).includes('587'))
    .map(({ Properties }) => Properties.GroupDescription);
  expect(open).toEqual(['service of prod', 'tasks of prod']);
});

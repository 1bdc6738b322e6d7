import { type CfnElement, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import type { Environment, Tier } from '../../../lib/config/schema';
import { EXCEPTIONS_METADATA } from '../../../lib/controls/except';
import { EdgeStack } from '../../../lib/stacks/edge-stack';
import { FoundationStack } from '../../../lib/stacks/foundation-stack';
import { NetworkStack } from '../../../lib/stacks/network-stack';
import { environmentOf, stageOf } from '../../support/environments';

const LOAD_BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer';
const LISTENER = 'AWS::ElasticLoadBalancingV2::Listener';
const RULE = 'AWS::ElasticLoadBalancingV2::ListenerRule';
const TARGET_GROUP = 'AWS::ElasticLoadBalancingV2::TargetGroup';
const RECORD = 'AWS::Route53::RecordSet';

function build(environment: Environment) {
  const stage = stageOf(environment);
  const foundation = new FoundationStack(stage, 'foundation', { environment });
  const network = new NetworkStack(stage, 'network', { environment, foundation });
  const { edge } = new EdgeStack(stage, 'edge', { environment, foundation, network });
  return { edge, template: Template.fromStack(Stack.of(edge)) };
}

const prod = build(environmentOf('production'));
const byTier: Readonly<Record<Tier, ReturnType<typeof build>>> = {
  production: prod,
  staging: build(environmentOf('staging')),
  development: build(environmentOf('development')),
};
const tiers = Object.entries(byTier);
const isolated = build(environmentOf('production', { network: { egress: 'none' } }));

/** Attributes of the first resource of a type, by name. */
function attributes(template: Template, type: string, list: string): Record<string, unknown> {
  const stated = Object.values(template.findResources(type))[0]?.Properties[list] ?? [];
  return Object.fromEntries((stated as { Key: string; Value: unknown }[]).map(({ Key, Value }) => [Key, Value]));
}
const idOf = (construct: { node: { defaultChild?: unknown } }, of: { node: { scope?: unknown } }): string =>
  Stack.of(of as never).getLogicalId(construct.node.defaultChild as CfnElement);
const waived = (template: Template, type: string): string[] =>
  Object.values(template.findResources(type)).flatMap((resource) =>
    ((resource.Metadata?.[EXCEPTIONS_METADATA] ?? []) as { finding: string }[]).map(({ finding }) => finding),
  );

describe('the load balancer', () => {
  it.each(tiers)('refuses what parsers could disagree about (%s)', (_tier, { template }) => {
    expect(attributes(template, LOAD_BALANCER, 'LoadBalancerAttributes')).toMatchObject({
      'routing.http.drop_invalid_header_fields.enabled': 'true',
      'routing.http.desync_mitigation_mode': 'strictest',
      'routing.http.preserve_host_header.enabled': 'true',
      'routing.http.xff_header_processing.mode': 'append',
      'routing.http.xff_client_port.enabled': 'false',
      'waf.fail_open.enabled': 'false',
    });
  });

  it.each(tiers)('logs requests and connections (%s)', (_tier, { template }) => {
    const stated = attributes(template, LOAD_BALANCER, 'LoadBalancerAttributes');
    for (const log of ['access_logs', 'connection_logs']) {
      expect(stated[`${log}.s3.enabled`]).toBe('true');
      expect(JSON.stringify(stated[`${log}.s3.bucket`])).toContain('AccessLogs');
    }
    expect(stated['access_logs.s3.prefix']).not.toBe(stated['connection_logs.s3.prefix']);
  });

  it('is protected from deletion in production, and says why it is not elsewhere', () => {
    const protectedIn = (tier: Tier) =>
      attributes(byTier[tier].template, LOAD_BALANCER, 'LoadBalancerAttributes')['deletion_protection.enabled'];
    const DELETABLE = 'NIST.800.53.R5-ELBDeletionProtectionEnabled';
    expect(protectedIn('production')).toBe('true');
    expect(waived(prod.template, LOAD_BALANCER)).not.toContain(DELETABLE);
    for (const tier of ['staging', 'development'] as const) {
      expect(protectedIn(tier)).toBe('false');
      expect(waived(byTier[tier].template, LOAD_BALANCER)).toContain(DELETABLE);
    }
  });

  it('waits as long as the environment says', () => {
    const { template } = build(environmentOf('production', { limits: { loadBalancerSeconds: 120 } }));
    expect(attributes(template, LOAD_BALANCER, 'LoadBalancerAttributes')['idle_timeout.timeout_seconds']).toBe('120');
  });

  it('stands in public subnets behind its own security group', () => {
    prod.template.hasResourceProperties(LOAD_BALANCER, {
      Scheme: 'internet-facing',
      SecurityGroups: [{ 'Fn::ImportValue': Match.stringLikeRegexp('LoadBalancer') }],
      Subnets: [
        { 'Fn::ImportValue': Match.stringLikeRegexp('[Pp]ublicSubnet1') },
        { 'Fn::ImportValue': Match.stringLikeRegexp('[Pp]ublicSubnet2') },
      ],
    });
  });

  it('adds no rule to any security group: the network has them all', () => {
    for (const type of ['AWS::EC2::SecurityGroupIngress', 'AWS::EC2::SecurityGroupEgress', 'AWS::EC2::SecurityGroup']) {
      prod.template.resourceCountIs(type, 0);
    }
  });
});

describe('its listeners', () => {
  it('are HTTPS, and HTTP that redirects for good', () => {
    prod.template.resourceCountIs(LISTENER, 2);
    prod.template.hasResourceProperties(LISTENER, {
      Port: 80,
      Protocol: 'HTTP',
      DefaultActions: [
        { Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' } },
      ],
    });
    prod.template.hasResourceProperties(LISTENER, {
      Port: 443,
      Protocol: 'HTTPS',
      SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09',
    });
  });

  it('answer strangers themselves', () => {
    prod.template.hasResourceProperties(LISTENER, {
      Protocol: 'HTTPS',
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: Match.objectLike({ StatusCode: '421' }) }],
    });
  });

  it('send users to blue', () => {
    prod.template.hasResourceProperties(RULE, {
      Priority: 20,
      Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: ['ums.example.com'] } }],
      Actions: [
        {
          Type: 'forward',
          ForwardConfig: {
            TargetGroups: [
              { TargetGroupArn: { Ref: idOf(prod.edge.blue, prod.edge) }, Weight: 100 },
              { TargetGroupArn: { Ref: idOf(prod.edge.green, prod.edge) }, Weight: 0 },
            ],
          },
        },
      ],
    });
  });

  it('send tests to green, from the addresses of the NAT gateways and with the header only', () => {
    const address = {
      'Fn::Join': [
        '/',
        [
          {
            'Fn::GetStackOutput': Match.objectLike({
              StackName: 'ums-prod-network',
              OutputName: Match.stringLikeRegexp('PublicSubnet\\dNatAddress'),
            }),
          },
          '32',
        ],
      ],
    };
    prod.template.hasResourceProperties(RULE, {
      Priority: 10,
      Conditions: [
        { Field: 'host-header', HostHeaderConfig: { Values: ['ums.example.com'] } },
        { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'x-breakwater-test', Values: ['green'] } },
        { Field: 'source-ip', SourceIpConfig: { Values: [address, address] } },
      ],
      Actions: [
        {
          Type: 'forward',
          ForwardConfig: { TargetGroups: [Match.objectLike({ Weight: 0 }), Match.objectLike({ Weight: 100 })] },
        },
      ],
    });
  });

  it('send tests from nobody where there are no NAT gateways, by a rule that stays the same', () => {
    const source = { Field: 'source-ip', SourceIpConfig: { Values: ['192.0.2.0/32'] } };
    isolated.template.hasResourceProperties(RULE, { Priority: 10, Conditions: Match.arrayWith([source]) });
    expect(idOf(isolated.edge.testRule, isolated.edge)).toBe(idOf(prod.edge.testRule, prod.edge));
  });

  it('stay within the five values that a rule may have, with three zones', () => {
    const { template } = build(environmentOf('production', { network: { zones: 3 } }));
    const values = Object.values(template.findResources(RULE)).map(({ Properties }) =>
      (Properties.Conditions as Record<string, { Values?: unknown[] }>[])
        .flatMap((condition) => Object.values(condition))
        .reduce((sum, { Values }) => sum + (Values?.length ?? 0), 0),
    );
    expect(values.sort()).toEqual([1, 5]);
  });
});

describe('the target groups', () => {
  it('are two, and differ in nothing', () => {
    const [blue, green, ...others] = Object.values(prod.template.findResources(TARGET_GROUP));
    expect(others).toEqual([]);
    expect(blue?.Properties).toEqual(green?.Properties);
  });

  it('ask the proxy for the liveness of the app', () => {
    prod.template.allResourcesProperties(TARGET_GROUP, {
      TargetType: 'ip',
      Protocol: 'HTTPS',
      Port: 8443,
      HealthCheckProtocol: 'HTTPS',
      HealthCheckPath: '/health/liveness',
      HealthCheckIntervalSeconds: 10,
      HealthCheckTimeoutSeconds: 5,
      HealthyThresholdCount: 2,
      UnhealthyThresholdCount: 3,
      Matcher: { HttpCode: '200' },
    });
  });

  it('drain as long as the environment says, and keep nobody to one copy', () => {
    const { template } = build(
      environmentOf('production', { limits: { deregistrationSeconds: 90 }, app: { health: { liveness: '/alive' } } }),
    );
    expect(attributes(template, TARGET_GROUP, 'TargetGroupAttributes')).toEqual({
      'deregistration_delay.timeout_seconds': '90',
      'stickiness.enabled': 'false',
      'load_balancing.algorithm.type': 'least_outstanding_requests',
    });
    template.allResourcesProperties(TARGET_GROUP, { HealthCheckPath: '/alive' });
  });
});

describe('the public name', () => {
  it('has a certificate that DNS validates', () => {
    prod.template.hasResourceProperties('AWS::CertificateManager::Certificate', {
      DomainName: 'ums.example.com',
      ValidationMethod: 'DNS',
      DomainValidationOptions: [{ DomainName: 'ums.example.com', HostedZoneId: 'Z0123456789ABCDEFGHIJ' }],
      KeyAlgorithm: 'EC_prime256v1',
    });
  });

  it('leads to the load balancer, over IPv6 when the network has it', () => {
    const types = (template: Template) =>
      Object.values(template.findResources(RECORD)).map(({ Properties }) => Properties.Type as string);
    const { IpAddressType } = Object.values(prod.template.findResources(LOAD_BALANCER))[0]?.Properties ?? {};
    expect(types(prod.template).sort()).toEqual(IpAddressType === 'dualstack' ? ['A', 'AAAA', 'CAA'] : ['A', 'CAA']);
    prod.template.hasResourceProperties(RECORD, {
      Type: 'A',
      Name: 'ums.example.com.',
      AliasTarget: { DNSName: Match.anyValue(), HostedZoneId: { 'Fn::GetAtt': [Match.anyValue(), Match.anyValue()] } },
    });
  });

  it('lets no authority but Amazon sign', () => {
    prod.template.hasResourceProperties(RECORD, { Type: 'CAA', ResourceRecords: ['0 issue "amazon.com"'] });
  });

  it('takes a certificate that was brought along, and leaves DNS alone', () => {
    const certificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-4000-8000-000000000000';
    const { template } = build({ ...environmentOf('production'), domain: { name: 'ums.example.com', certificateArn } });
    template.resourceCountIs('AWS::CertificateManager::Certificate', 0);
    template.resourceCountIs(RECORD, 0);
    template.hasResourceProperties(LISTENER, {
      Certificates: [
        {
          CertificateArn: {
            'Fn::Join': [
              '',
              Match.arrayWith([Match.stringLikeRegexp(':certificate/00000000-0000-4000-8000-000000000000$')]),
            ],
          },
        },
      ],
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'DaysToExpiry', Threshold: 14 });
  });
});

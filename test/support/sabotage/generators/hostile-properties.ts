import type { Json } from '../../../../lib/controls/view';

/**
 * Properties that weaken a resource when somebody adds them, by type. Each is set, whether or not it stood there.
 * Dotted paths below `Properties`.
 */
export const hostileProperties: Readonly<Record<string, Readonly<Record<string, Json>>>> = {
  'AWS::CloudWatch::Alarm': {
    ActionsEnabled: false,
    EvaluateLowSampleCountPercentile: 'ignore',
    InsufficientDataActions: ['arn:aws:sns:us-east-1:999999999999:foreign'],
    Unit: 'Terabytes',
  },
  'AWS::CertificateManager::Certificate': { CertificateAuthorityArn: 'arn:aws:acm-pca:us-east-1:999999999999:x' },
  'AWS::EC2::SecurityGroup': {
    SecurityGroupIngress: [{ IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, CidrIp: '0.0.0.0/0' }],
    SecurityGroupEgress: [{ IpProtocol: '-1', CidrIp: '0.0.0.0/0' }],
  },
  'AWS::EC2::Subnet': { MapPublicIpOnLaunch: true, AssignIpv6AddressOnCreation: true },
  'AWS::EC2::VPCEndpoint': { PrivateDnsEnabled: false },
  'AWS::ECS::Cluster': {
    Configuration: { ExecuteCommandConfiguration: { Logging: 'NONE' } },
    ClusterSettings: [{ Name: 'containerInsights', Value: 'disabled' }],
  },
  'AWS::ECS::Service': {
    EnableExecuteCommand: true,
    'NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp': 'ENABLED',
    DesiredCount: 0,
    SchedulingStrategy: 'DAEMON',
    ServiceConnectConfiguration: { Enabled: true, Namespace: 'foreign' },
    ServiceRegistries: [{ RegistryArn: 'arn:aws:servicediscovery:us-east-1:999999999999:service/foreign' }],
    'DeploymentConfiguration.LifecycleHooks': [
      {
        HookTargetArn: 'arn:aws:lambda:us-east-1:999999999999:function:foreign',
        LifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'],
        RoleArn: 'arn:aws:iam::999999999999:role/foreign',
      },
    ],
    'DeploymentController.Type': 'EXTERNAL',
  },
  'AWS::ECS::TaskDefinition': {
    PidMode: 'host',
    IpcMode: 'host',
    NetworkMode: 'host',
    ProxyConfiguration: { ContainerName: 'proxy', Type: 'APPMESH' },
    RequiresCompatibilities: ['EC2'],
    Volumes: [{ Name: 'host', Host: { SourcePath: '/' } }],
  },
  'AWS::ElastiCache::ReplicationGroup': {
    AuthToken: 'plain-text-token-of-sixteen',
    TransitEncryptionMode: 'preferred',
  },
  'AWS::ElasticLoadBalancingV2::Listener': {
    ListenerAttributes: [{ Key: 'routing.http.response.strict_transport_security.header_value', Value: '' }],
    MutualAuthentication: { Mode: 'off' },
  },
  'AWS::ElasticLoadBalancingV2::LoadBalancer': { EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: 'off' },
  'AWS::ElasticLoadBalancingV2::TargetGroup': { HealthCheckEnabled: false, 'Matcher.HttpCode': '200-499' },
  'AWS::IAM::Role': {
    ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'],
    Policies: [
      {
        PolicyName: 'Everything',
        PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
      },
    ],
    MaxSessionDuration: 43200,
  },
  'AWS::KMS::Key': { Enabled: false, PendingWindowInDays: 7, BypassPolicyLockoutSafetyCheck: true },
  'AWS::Lambda::Function': {
    VpcConfig: { SubnetIds: ['subnet-0fedcba9876543210'], SecurityGroupIds: ['sg-0fedcba9876543210'] },
    'Environment.Variables.DB_PASSWORD': 'plain-text-value-of-it',
    FileSystemConfigs: [{ Arn: 'arn:aws:elasticfilesystem:us-east-1:999999999999:x', LocalMountPath: '/mnt/x' }],
    Layers: ['arn:aws:lambda:us-east-1:999999999999:layer:foreign:1'],
  },
  'AWS::RDS::DBInstance': {
    PubliclyAccessible: true,
    MasterUserPassword: 'plain-text-password-of-it',
    BackupRetentionPeriod: 0,
    DeletionProtection: false,
    EnableIAMDatabaseAuthentication: false,
    DBSnapshotIdentifier: 'foreign-snapshot',
    DeleteAutomatedBackups: true,
    AssociatedRoles: [{ FeatureName: 's3Export', RoleArn: 'arn:aws:iam::999999999999:role/foreign' }],
    AllowMajorVersionUpgrade: true,
    ApplyImmediately: true,
    Domain: 'd-9999999999',
    ManageMasterUserPassword: false,
    SourceDBInstanceIdentifier: 'foreign',
  },
  'AWS::S3::Bucket': {
    AccessControl: 'PublicRead',
    WebsiteConfiguration: { IndexDocument: 'index.html' },
    PublicAccessBlockConfiguration: { BlockPublicAcls: false, BlockPublicPolicy: false },
    CorsConfiguration: { CorsRules: [{ AllowedMethods: ['GET', 'PUT'], AllowedOrigins: ['*'] }] },
    ReplicationConfiguration: {
      Role: 'arn:aws:iam::999999999999:role/foreign',
      Rules: [{ Status: 'Enabled', Destination: { Bucket: 'arn:aws:s3:::foreign' } }],
    },
    LifecycleConfiguration: { Rules: [{ Status: 'Enabled', ExpirationInDays: 1 }] },
  },
  'AWS::SecretsManager::Secret': {
    SecretString: '{"password":"plain-text-password-of-it"}',
    'GenerateSecretString.PasswordLength': 8,
    ReplicaRegions: [{ Region: 'ap-south-1' }],
  },
  'AWS::SNS::Topic': {
    DataProtectionPolicy: { Name: 'none', Version: '2021-06-01', Statement: [] },
    DeliveryStatusLogging: [{ Protocol: 'http/s' }],
    FifoTopic: true,
    SignatureVersion: '1',
  },
  'AWS::SQS::Queue': { SqsManagedSseEnabled: false, DelaySeconds: 900, MaximumMessageSize: 1024 },
  'AWS::SNS::Subscription': {
    RawMessageDelivery: true,
    FilterPolicy: { severity: ['nothing'] },
    DeliveryPolicy: { healthyRetryPolicy: { numRetries: 0 } },
  },
};

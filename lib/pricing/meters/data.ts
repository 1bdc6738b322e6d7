import { charge, flat, listed, type Meters, numberOf } from '../meter';
import { cacheNodes, databaseInstances, HOURS, prices } from '../prices';

/** The smallest instance that a database proxy is billed for. */
const PROXY_LEAST_VCPUS = 2;

export const dataMeters: Meters = {
  'AWS::RDS::DBInstance': ({ properties }, { assumed }) => {
    const size = listed(databaseInstances, properties.DBInstanceClass, 'database class');
    const zones = properties.MultiAZ === true ? 2 : 1;
    const disk = numberOf(properties.AllocatedStorage, 0);
    const used = disk * assumed.databaseUse;
    const kept = used * (1 + assumed.databaseChange * numberOf(properties.BackupRetentionPeriod, 1));
    const advanced = properties.DatabaseInsightsMode === 'advanced';
    return [
      charge('database', `instance in ${zones} zone${zones === 1 ? '' : 's'}`, HOURS * zones, size),
      charge('database', 'disk', disk * zones, prices.databaseStorage),
      // Backups up to the size of the disk are free.
      charge('database', 'backups', Math.max(0, kept - disk), prices.databaseBackup),
      ...(advanced ? [charge('database', 'insights', HOURS * size.vcpus, prices.databaseInsightsAdvanced)] : []),
    ];
  },
  'AWS::RDS::DBProxy': (_proxy, { environment }) => {
    const vcpus = environment
      .ofType('AWS::RDS::DBInstance')
      .map(({ properties }) => listed(databaseInstances, properties.DBInstanceClass, 'database class').vcpus);
    return [charge('database', 'proxy', HOURS * Math.max(PROXY_LEAST_VCPUS, ...vcpus), prices.databaseProxy)];
  },
  'AWS::ElastiCache::ReplicationGroup': ({ properties }) => {
    const shards = numberOf(properties.NumNodeGroups, 1);
    const nodes =
      properties.NumCacheClusters === undefined
        ? shards * (1 + numberOf(properties.ReplicasPerNodeGroup, 0))
        : numberOf(properties.NumCacheClusters, 1);
    return [charge('cache', 'nodes', HOURS * nodes, listed(cacheNodes, properties.CacheNodeType, 'cache node type'))];
  },
  'AWS::SecretsManager::Secret': flat('secrets and keys', 'secrets', prices.secret),
  'AWS::KMS::Key': flat('secrets and keys', 'keys', prices.key),
  'AWS::KMS::ReplicaKey': flat('secrets and keys', 'keys', prices.key),
  'AWS::S3::Bucket': (_bucket, { assumed }) => [charge('storage', 'buckets', assumed.bucketGb, prices.objectStorage)],
  'AWS::ECR::Repository': (_repository, { assumed }) => [
    charge('storage', 'images', assumed.imageGb, prices.imageStorage),
  ],
};

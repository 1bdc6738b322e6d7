import type { Check } from './check';

/** Copies in the region that is lost are lost with it (row D07). */
export const regionsApart: Check = ({ region, backupRegion }) => {
  if (region === backupRegion) {
    return [
      {
        path: ['backupRegion'],
        expected: `another region than region (${region}), so that losing one loses no data`,
        example: region === 'us-west-2' ? 'us-east-1' : 'us-west-2',
      },
    ];
  }
  return partitionOf(region) === partitionOf(backupRegion)
    ? []
    : [
        {
          path: ['backupRegion'],
          expected: `a region of the same AWS partition as ${region}: backups can't be copied from ${partitionOf(region)} to ${partitionOf(backupRegion)}`,
          example: sibling[partitionOf(region)],
        },
      ];
};

type Partition = 'aws' | 'aws-cn' | 'aws-us-gov' | 'aws-eusc';
const sibling: Readonly<Record<Partition, string>> = {
  aws: 'us-west-2',
  'aws-cn': 'cn-northwest-1',
  'aws-us-gov': 'us-gov-west-1',
  'aws-eusc': 'eusc-de-east-1',
};

function partitionOf(region: string): Partition {
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  return region.startsWith('eusc-') ? 'aws-eusc' : 'aws';
}

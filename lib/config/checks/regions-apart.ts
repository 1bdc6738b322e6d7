import type { Check } from './check';

/** Copies in the region that is lost are lost with it (row D07). */
export const regionsApart: Check = ({ region, backupRegion }) =>
  region === backupRegion
    ? [
        {
          path: ['backupRegion'],
          expected: `another region than region (${region}), so that losing one loses no data`,
          example: region === 'us-west-2' ? 'us-east-1' : 'us-west-2',
        },
      ]
    : [];

import type { Check } from './check';

/** RDS takes a storage limit only when it is at least a tenth above what is allocated. */
export const storageGrowth: Check = ({ database: { storageGiB, maxStorageGiB } }) => {
  const least = Math.ceil((storageGiB * 11) / 10);
  return maxStorageGiB >= least
    ? []
    : [
        {
          path: ['database', 'maxStorageGiB'],
          expected: `at least ${least} GiB, a tenth more than database.storageGiB: RDS refuses less`,
          example: storageGiB * 2,
          arithmetic: `${storageGiB} GiB × 1.1 = ${least} GiB > ${maxStorageGiB} GiB`,
        },
      ];
};

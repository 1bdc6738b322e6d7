import { isRegion, REGIONS_AS_OF, zonesOf } from '../regions';
import type { Check } from './check';

/** An environment takes no more zones than its region gives a new account. */
export const zonesThere: Check = ({ region, network: { zones } }) => {
  const there = isRegion(region) ? zonesOf[region] : zones;
  return zones <= there
    ? []
    : [
        {
          path: ['network', 'zones'],
          expected: `at most ${there}: that is what ${region} gives a new account, as of ${REGIONS_AS_OF}`,
          example: there,
        },
      ];
};

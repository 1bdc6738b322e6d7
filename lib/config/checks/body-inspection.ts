import type { Check } from './check';

/** AWS WAF on a load balancer reads this much of a body; it can't be raised there (AWS WAF developer guide). */
const INSPECTED_KIB = 8;

/** A body that the firewall can't see whole could carry an attack past it (rows W01, W02 and E14). */
export const bodyInspection: Check = ({ limits: { bodyKiB, bodyInspection: inspection } }) =>
  bodyKiB <= INSPECTED_KIB || !inspection.enabled
    ? []
    : [
        {
          path: ['limits', 'bodyKiB'],
          expected: `at most ${INSPECTED_KIB} KiB, which is what the firewall reads of a body, or limits.bodyInspection switched off with a reason`,
          example: INSPECTED_KIB,
          arithmetic: `${bodyKiB} KiB accepted − ${INSPECTED_KIB} KiB inspected = ${bodyKiB - INSPECTED_KIB} KiB that nobody looks at`,
        },
      ];

import type { Check } from './check';

const LEAST_IN_PRODUCTION = 2;

/** Copies grow from min to max, and production never hangs on one (row C02). */
export const copies: Check = ({
  tier,
  app: {
    copies: { min, max },
  },
}) => [
  ...(min <= max
    ? []
    : [{ path: ['app', 'copies', 'max'], expected: `at least app.copies.min (${min})`, example: min }]),
  ...(tier !== 'production' || min >= LEAST_IN_PRODUCTION
    ? []
    : [
        {
          path: ['app', 'copies', 'min'],
          expected: `at least ${LEAST_IN_PRODUCTION} in production, so that one copy's end is no outage`,
          example: LEAST_IN_PRODUCTION,
        },
      ]),
];

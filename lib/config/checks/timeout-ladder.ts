import type { Check, Refusal } from './check';

type Limits = Parameters<Check>[0]['limits'];
type Rung = 'loadBalancerSeconds' | 'proxySeconds' | 'workerSeconds' | 'statementSeconds';

/** From the outside in. Each waits longer than the one below, so that the one nearest to the fault reports it. */
const ladder: readonly Rung[] = ['loadBalancerSeconds', 'proxySeconds', 'workerSeconds', 'statementSeconds'];
const names: Readonly<Record<Rung, string>> = {
  loadBalancerSeconds: 'load balancer',
  proxySeconds: 'proxy',
  workerSeconds: 'worker',
  statementSeconds: 'statement',
};

/** Time-outs shorten on the way in: load balancer > proxy > worker > statement. */
export const timeoutLadder: Check = ({ limits }) =>
  ladder.slice(1).flatMap((inner, index): readonly Refusal[] => {
    const outer = ladder[index] as Rung;
    if (limits[outer] > limits[inner]) return [];
    return [
      {
        path: ['limits', inner],
        expected: `less than limits.${outer} (${limits[outer]} s), else the ${names[outer]} gives up before the ${names[inner]} can say what happened`,
        example: Math.max(1, limits[outer] - 5),
        arithmetic: ladder.map((rung) => `${names[rung]} ${limits[rung]} s`).join(' > '),
      },
    ];
  });

/** A leaving copy gets no new requests for at least as long as it needs to finish those it has (row C04). */
export const deregistrationOutlastsStop: Check = ({ limits }: { readonly limits: Limits }) =>
  limits.deregistrationSeconds >= limits.gracefulStopSeconds
    ? []
    : [
        {
          path: ['limits', 'deregistrationSeconds'],
          expected: `at least limits.gracefulStopSeconds (${limits.gracefulStopSeconds} s), else requests in flight are cut off`,
          example: limits.gracefulStopSeconds,
          arithmetic: `deregistration ${limits.deregistrationSeconds} s < graceful stop ${limits.gracefulStopSeconds} s`,
        },
      ];

import type { Environment } from '../../config/schema';
import { map } from './nginx-words';

const MINUTE = 60;
const HOUR = 3600;
/** Memory of each zone: about 8,000 clients a MiB. When it is full the least recent are forgotten. */
const ZONE_MEBIBYTES = 4;

/** A limit as nginx counts: a bucket that holds `burst` requests beyond the first and drains at `perMinute`. */
export interface RateLimit {
  /** As in the access log and in `RateLimit`. */
  readonly name: 'login' | 'write' | 'hourly';
  /** Requests that the client is told of. */
  readonly quota: number;
  /** Seconds in which it may make them. */
  readonly windowSeconds: number;
  readonly perMinute: number;
  readonly burst: number;
}

/**
 * The limits of one client at one copy, narrowest first. A request that one of them refuses counts for none.
 *
 * Logins and writes: the whole quota at once, then one by one as the minute passes. A client that keeps to the quota
 * is never refused; one that does not gets at most twice the quota less one in its first minute and the quota in every
 * later one. nginx can't count calendar minutes.
 *
 * The default: nginx counts whole requests a minute, so a quota of N an hour is half of N at once, and the other half
 * spread over the hour. For N from 120 up that is never more than N in any hour. Below it nginx's slowest rate, one a
 * minute, is more than the quota allows: there the proxy is a ceiling only (the strict profile of row W03, 50 an hour
 * and 200 a day, becomes 25 at once and one a minute), and the quota is the app's, on the cache that all copies share.
 */
export function rateLimits({ limits }: Pick<Environment, 'limits'>): readonly RateLimit[] {
  const { loginsPerMinute, writesPerMinute, requestsPerHour } = limits;
  const trickle = Math.max(1, Math.floor(requestsPerHour / 2 / MINUTE));
  const atOnce = Math.max(Math.ceil(requestsPerHour / 2), requestsPerHour - trickle * MINUTE);
  return [
    {
      name: 'login',
      quota: loginsPerMinute,
      windowSeconds: MINUTE,
      perMinute: loginsPerMinute,
      burst: loginsPerMinute - 1,
    },
    {
      name: 'write',
      quota: writesPerMinute,
      windowSeconds: MINUTE,
      perMinute: writesPerMinute,
      burst: writesPerMinute - 1,
    },
    { name: 'hourly', quota: requestsPerHour, windowSeconds: HOUR, perMinute: trickle, burst: atOnce - 1 },
  ];
}

/** Seconds until the bucket has room for one more. */
const pause = ({ perMinute }: RateLimit): number => Math.ceil(MINUTE / perMinute);

/** Directives of `http`: what is counted under which key. An empty key is not counted. */
export function rateLimitZones(environment: Environment): string[] {
  const limits = rateLimits(environment);
  // The default counts everything that reaches the app.
  const keyOf = (name: RateLimit['name']) => (name === 'hourly' ? '$client' : `$${name}_key`);
  const keyed = ({ name }: RateLimit) =>
    name === 'hourly'
      ? []
      : map('$limit', keyOf(name), [
          [name, '$client'],
          ['default', '""'],
        ]);
  return [
    ...limits.flatMap(keyed),
    ...limits.map(
      ({ name, perMinute }) => `limit_req_zone ${keyOf(name)} zone=${name}:${ZONE_MEBIBYTES}m rate=${perMinute}r/m;`,
    ),
    'limit_req_status 429;',
    // The access log has each refusal. The error log would repeat it with the query, where tokens travel.
    'limit_req_log_level info;',
    // Only a refusal of ours: the app may answer 429 too, and says then itself when to come back.
    ...map('$limit_req_status', '$limited', [
      ['REJECTED', '$limit'],
      ['default', '""'],
    ]),
    ...map('$limited', '$rate_limit', [
      ...limits.map((limit) => [limit.name, `'"${limit.name}";r=0;t=${pause(limit)}'`] as const),
      ['default', '""'],
    ]),
    ...map('$limited', '$rate_limit_policy', [
      ...limits.map(({ name, quota, windowSeconds }) => [name, `'"${name}";q=${quota};w=${windowSeconds}'`] as const),
      ['default', '""'],
    ]),
    ...map('$limited', '$limit_pause', [
      ...limits.map((limit) => [limit.name, String(pause(limit))] as const),
      ['default', '""'],
    ]),
  ];
}

/** Directives of a location that counts. The whole burst is served at once: waiting would hold a connection. */
export const counted = (environment: Environment): string[] =>
  rateLimits(environment).map(
    ({ name, burst }) => `limit_req zone=${name}${burst > 0 ? ` burst=${burst}` : ''} nodelay;`,
  );

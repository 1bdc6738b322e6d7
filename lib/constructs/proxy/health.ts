import type { Environment } from '../../config/schema';
import { accessLogOfTrouble } from './access-log';
import { LATE_PAGE } from './error-pages';
import { block, word } from './nginx-words';
import { PROXY_HEALTH_PATH } from './paths';
import type { ProxyPlace } from './place';

/** `$load_balancer` is 1 for a request of the load balancer's own: it names no other client. */
export const peers = ({ trustedPeers }: ProxyPlace): string[] =>
  block('geo $load_balancer', ['default "";', ...trustedPeers.map((network) => `${word(network)} 1;`)]);

/**
 * Health for the load balancer, which asks with the copy's address as Host. Anybody else gets what strangers get.
 *
 * The target group asks the app's liveness through the proxy: 200 means that this copy can serve. Neither the database
 * nor the cache is asked, whose outage would take all copies out at once (row C03). The proxy's own address does not
 * touch the app: it tells whether nginx alone is well, when the app is not. Readiness asks the app, and the app its
 * database.
 */
export function healthLocations({ app }: Environment, place: ProxyPlace): string[] {
  const strangers = block('if ($load_balancer = "")', ['return 421;']);
  return [
    ...block(`location = ${PROXY_HEALTH_PATH}`, [
      ...strangers,
      accessLogOfTrouble(place),
      'default_type application/json;',
      `return 200 '{"status":"ok"}\\n';`,
    ]),
    '',
    ...[app.health.liveness, app.health.readiness].flatMap((path) => [
      ...block(`location = ${word(path)}`, [
        ...strangers,
        accessLogOfTrouble(place),
        LATE_PAGE,
        'proxy_pass http://app;',
      ]),
      '',
    ]),
  ];
}

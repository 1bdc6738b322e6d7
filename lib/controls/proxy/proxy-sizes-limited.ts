import { everyTier, type RuleControl } from '../control';
import { guardProxy, throughout } from '../rules/proxy/rendered-proxy';
import { confFixture, soundProxy } from '../rules/proxy/samples';

/** Seconds that a client may pause; nginx's own default is 60, which lets a few thousand slow ones hold everything. */
const PATIENCE = 30;
/** Buffers of 8 KiB: as many as the environment's limit needs. */
const BUFFER_KIB = 8;

export const control: RuleControl = {
  id: 'proxy-sizes-limited',
  title: 'Bodies, headers and the patience with slow clients are limited',
  holds: ['E14/enforce'],
  tiers: everyTier,
  why: 'A few clients that send much, or slowly, would use up the memory and the connections of every copy.',
  remedy: 'Set limits.bodyKiB and limits.headerKiB; leave the rest to lib/constructs/proxy/sizes.ts.',
  ...guardProxy((proxy) => {
    const { bodyKiB = 0, headerKiB = 0 } = proxy.promises.limits;
    const seconds = (name: string) =>
      throughout(proxy, name, { words: `from 1s to ${PATIENCE}s`, fits: (args) => within(args, /^(\d+)s$/, PATIENCE) });
    return [
      ...throughout(proxy, 'client_max_body_size', `${bodyKiB}k`),
      ...throughout(proxy, 'client_header_buffer_size', {
        words: 'at most 4k',
        fits: (args) => within(args, /^(\d+)k$/, 4),
      }),
      ...throughout(proxy, 'large_client_header_buffers', {
        words: `${Math.ceil(headerKiB / BUFFER_KIB)} buffers, ${headerKiB} KiB together`,
        fits: (args) => headers(args) <= headerKiB && headers(args) > headerKiB - BUFFER_KIB,
      }),
      ...['client_header_timeout', 'client_body_timeout', 'send_timeout'].flatMap(seconds),
    ];
  }),
  fixtures: {
    pass: [soundProxy],
    refuse: [
      confFixture('any body', { 'client_max_body_size 8k': 'client_max_body_size 0' }),
      confFixture('a larger body', { 'client_max_body_size 8k': 'client_max_body_size 8m' }),
      confFixture('nginx’s own limit', { 'client_max_body_size 8k;': '' }),
      confFixture('a larger body in one place', {
        'proxy_intercept_errors on;': 'proxy_intercept_errors on; client_max_body_size 1g;',
      }),
      confFixture('large headers', { 'large_client_header_buffers 2 8k': 'large_client_header_buffers 8 64k' }),
      confFixture('slow headers', { 'client_header_timeout 15s': 'client_header_timeout 600s' }),
      confFixture('slow bodies', { 'client_body_timeout 15s;': '' }),
      confFixture('slow readers', { 'send_timeout 15s': 'send_timeout 0' }),
    ],
  },
};

function within(args: string, form: RegExp, most: number): boolean {
  const amount = Number(form.exec(args)?.[1] ?? 0);
  return amount > 0 && amount <= most;
}

/** KiB of all header buffers together. */
function headers(args: string): number {
  const [, count, size] = /^(\d+) (\d+)k$/.exec(args) ?? [];
  return Number(count ?? 0) * Number(size ?? 0);
}

import { everyTier, type RuleControl } from '../control';
import { type FileFault, guardProxy, named, type RenderedProxy, written } from '../rules/proxy/rendered-proxy';
import { confFixture, soundProxy } from '../rules/proxy/samples';
import { PASSIVE, SETTINGS, TYPES } from '../rules/proxy/settings';

export const control: RuleControl = {
  id: 'proxy-settings-sound',
  title: 'Workers, buffers, folders, connections and types of files are set, within bounds that a copy can carry',
  holds: ['E01/enforce', 'E14/enforce'],
  tiers: everyTier,
  why: 'With too little a copy refuses its own clients, with too much a few of them fill its memory; a wrong type makes a page of an upload.',
  remedy: 'Leave the numbers to lib/constructs/proxy; a new bound belongs into lib/controls/rules/proxy/settings.ts.',
  ...guardProxy((proxy) => [...settings(proxy), ...shutdown(proxy), ...types(proxy)]),
  fixtures: {
    pass: [soundProxy, confFixture('two workers', { 'worker_processes 1;': 'worker_processes 2;' })],
    refuse: [
      confFixture('a handful of connections', { 'worker_connections 4096': 'worker_connections 10' }),
      confFixture('no number of files', { 'worker_rlimit_nofile 16384;': '' }),
      confFixture('bodies on the root file system', {
        'client_body_temp_path /var/cache/nginx/client_body;': 'client_body_temp_path /etc/nginx/body;',
      }),
      confFixture('uploads as pages', { 'default_type application/octet-stream;': 'default_type text/html;' }),
      confFixture('data as a page', { 'text/csv csv;': 'text/html csv;' }),
      confFixture('pictures as pages', { 'image/png png;': 'text/html png;' }),
      confFixture('scripts without a type', { 'text/javascript js mjs;': '' }),
      confFixture('redirects with a port', { 'absolute_redirect off;': '' }),
      confFixture('stalled clients are kept', { 'reset_timedout_connection on': 'reset_timedout_connection off' }),
      confFixture('buffers for a gigabyte', { 'proxy_buffers 8 16k;': 'proxy_buffers 8000 16k;' }),
      confFixture('connections that the app closes first', { 'keepalive_timeout 60s;': 'keepalive_timeout 600s;' }),
      confFixture('a stop that never ends', { 'worker_shutdown_timeout 30s;': 'worker_shutdown_timeout 3000s;' }),
      confFixture('refusals with the query in the error log', { 'limit_req_log_level info;': '' }),
      confFixture('the port by redirect', { 'proxy_redirect off;': 'proxy_redirect default;' }),
    ],
  },
};

function settings({ file, http }: RenderedProxy): readonly FileFault[] {
  const blocks = new Map([
    ['main', file],
    ['events', named(file, 'events').flatMap(({ block = [] }) => block)],
    ['http', http],
    ['upstream', named(http, 'upstream').flatMap(({ block = [] }) => block)],
  ]);
  return SETTINGS.flatMap(({ block, name, expected, fits }) => {
    const found = named(blocks.get(block) ?? [], name);
    const [only] = found;
    return found.length === 1 && fits(only?.args.join(' ') ?? '')
      ? []
      : [
          {
            at: only,
            found: found.map(written).join(' and ') || `no ${name} in ${block}`,
            expected: `${name} ${expected}`,
          },
        ];
  });
}

/** Seconds that ECS waits before it kills, at most; the app's answers must have left by then. */
const STOP_SECONDS = 120;

function shutdown({ file, container }: RenderedProxy): readonly FileFault[] {
  const most = Math.min(STOP_SECONDS, Number(container.body.StopTimeout ?? STOP_SECONDS));
  const [at] = named(file, 'worker_shutdown_timeout');
  const seconds = Number(/^(\d+)s$/.exec(at?.args.join(' ') ?? '')?.[1] ?? 0);
  return seconds > 0 && seconds <= most
    ? []
    : [{ at, found: at ? written(at) : 'no worker_shutdown_timeout', expected: `at most the ${most}s of a stop` }];
}

function types({ http }: RenderedProxy): readonly FileFault[] {
  const entries = named(http, 'types').flatMap(({ block = [] }) => block);
  const told = new Map(entries.flatMap(({ name, args }) => args.map((extension) => [extension, name] as const)));
  return [
    ...Object.entries(TYPES)
      .filter(([extension, type]) => told.get(extension) !== type)
      .map(([extension, type]) => ({
        found: `.${extension} as ${told.get(extension) ?? 'nothing'}`,
        expected: type,
      })),
    ...entries
      .filter(({ name, args }) => args.some((extension) => TYPES[extension] === undefined) && !PASSIVE.test(name))
      .map((at) => ({ at, found: written(at), expected: 'a type that can’t run' })),
  ];
}

import { everyTier, type RuleControl } from '../control';
import {
  type FileFault,
  guardProxy,
  locationOf,
  named,
  ownServer,
  type RenderedProxy,
  throughout,
  written,
} from '../rules/proxy/rendered-proxy';
import { confFixture, soundProxy } from '../rules/proxy/samples';

export const control: RuleControl = {
  id: 'proxy-encrypted',
  title: 'The proxy takes TLS and nothing else, and passes requests to the app on loopback and nowhere else',
  holds: ['E01/enforce'],
  tiers: everyTier,
  why: 'Passwords would cross the network in clear, or reach a server that is not the app.',
  remedy: 'Leave listen, ssl_* and upstream to lib/constructs/proxy.',
  ...guardProxy((proxy) => [...listens(proxy), ...tls(proxy), ...upstreams(proxy), ...onwards(proxy)]),
  fixtures: {
    pass: [soundProxy],
    refuse: [
      confFixture('no TLS', { 'listen 8443 ssl;': 'listen 8443;' }),
      confFixture('one more port', { 'listen 8443 ssl;': 'listen 8443 ssl; listen 8080;' }),
      confFixture('TLS 1.0', { 'TLSv1.2 TLSv1.3': 'TLSv1 TLSv1.2 TLSv1.3' }),
      confFixture('session tickets', { 'ssl_session_tickets off': 'ssl_session_tickets on' }),
      confFixture('no certificate', { 'ssl_certificate /breakwater/tls/certificate.pem;': '' }),
      confFixture('an app elsewhere', { 'server 127.0.0.1:8000;': 'server 10.0.9.9:8000;' }),
      confFixture('another app beside it', { 'server 127.0.0.1:8000;': 'server 127.0.0.1:8000; server 10.0.9.9:80;' }),
      confFixture('an app on another port', {}, { port: 9000 }),
      confFixture('files before the app', { 'root /nonexistent;': 'root /;' }),
      confFixture('past the upstream', { 'proxy_pass http://app;': 'proxy_pass http://198.51.100.1;' }),
    ],
  },
};

function listens({ servers }: RenderedProxy): readonly FileFault[] {
  const expected = ['8443 ssl default_server', '8443 ssl'];
  const found = servers.map(({ block = [] }) =>
    named(block, 'listen')
      .map(({ args }) => args.join(' '))
      .join(' and '),
  );
  return found.join() === expected.join()
    ? []
    : [
        {
          at: servers[0],
          found: `servers that listen on ${found.join(', ')}`,
          expected: `two, on ${expected.join(' and on ')}`,
        },
      ];
}

const tls = (proxy: RenderedProxy): readonly FileFault[] => [
  ...throughout(proxy, 'ssl_protocols', 'TLSv1.2 TLSv1.3'),
  ...throughout(proxy, 'ssl_certificate', '/breakwater/tls/certificate.pem'),
  ...throughout(proxy, 'ssl_certificate_key', '/breakwater/tls/key.pem'),
  ...throughout(proxy, 'ssl_session_tickets', 'off'),
];

function upstreams({ http, every, promises }: RenderedProxy): readonly FileFault[] {
  const own = `127.0.0.1:${promises.port}`;
  const found = named(http, 'upstream');
  const servers = found.flatMap(({ block = [] }) => named(block, 'server').map(({ args }) => args.join(' ')));
  const right = found.length === 1 && found[0]?.args.join(' ') === 'app' && servers.join() === own;
  return [
    ...(right
      ? []
      : [{ at: found[0], found: `upstreams of ${servers.join(', ') || 'nothing'}`, expected: `app, of ${own}` }]),
    ...named(every, 'proxy_pass')
      .filter(({ args }) => args.join(' ') !== 'http://app')
      .map((at) => ({ at, found: written(at), expected: 'proxy_pass http://app' })),
  ];
}

/** The one way to the location that asks the app which comes after the limits: a file that is not there. */
function onwards(proxy: RenderedProxy): readonly FileFault[] {
  const location = locationOf(ownServer(proxy), '/') ?? [];
  return ['root /nonexistent', 'try_files /none @app']
    .filter((wanted) => !location.some((each) => written(each) === wanted))
    .map((expected) => ({ at: location[0], found: `location / without ${expected}`, expected }));
}

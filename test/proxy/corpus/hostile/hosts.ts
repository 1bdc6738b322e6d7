import { bare, CLIENT, defused, denied, HOST, type Hostile, orRefused, refused, request } from '../case';

const GET = 'GET /page HTTP/1.1';
const withHost = (...hosts: string[]): string =>
  bare(GET, [...hosts.map((host) => `Host: ${host}`), `X-Forwarded-For: ${CLIENT}`]);
const page = (target = '/page') => ({ method: 'GET', target, headers: { Host: HOST, 'X-Forwarded-Host': HOST } });

const stranger = ([id = '', host = '']: readonly string[]): Hostile =>
  denied(`host-${id}`, `a name that isn't ours: ${JSON.stringify(host)}`, withHost(host), 421);

/** Other names: whoever asks for them gets nothing from the app. */
const strangers: readonly Hostile[] = [
  ['other', 'evil.example'],
  ['ip', '198.51.100.1'],
  ['ip-loopback', '127.0.0.1'],
  ['ip-with-port', '127.0.0.1:8443'],
  ['ipv6', '[::1]'],
  ['ipv6-with-port', '[2001:db8::1]:443'],
  ['localhost', 'localhost'],
  ['metadata', '169.254.169.254'],
  ['parent-domain', 'example.com'],
  ['subdomain', `www.${HOST}`],
  ['prefix', `evil-${HOST}`],
  ['suffix', `${HOST}.evil.example`],
  ['suffix-no-dot', `${HOST}evil`],
  ['leading-dot', `.${HOST}`],
  ['wildcard', '*'],
  ['underscore', '_'],
  ['placeholder-name', '_ '],
  ['hyphen', '-'],
  ['semicolon', `${HOST};evil.example`],
  ['percent', `ums%2eexample%2ecom`],
  ['long', `${'a'.repeat(250)}.example.com`],
].map(stranger);

/** The same with a character that no name has. */
const nameless: readonly Hostile[] = [
  ['userinfo', `${HOST}@evil.example`],
  ['userinfo-ours-behind', `evil.example@${HOST}`],
  ['number-sign', `evil.example#${HOST}`],
  ['question-mark', `evil.example?${HOST}`],
  ['quote', `"${HOST}"`],
  ['non-ascii', `\xfcms.example.com`],
  ['kelvin', `um\xe2\x84\xaa.example.com`],
  ['backslash', `${HOST}\\evil`],
  ['open-bracket', '[::1'],
].map((each) => orRefused(stranger(each)));

/** Names that are none, or more than one. */
const malformed: readonly Hostile[] = [
  refused('host-list', 'characters that no name has', withHost(`${HOST}, evil.example`)),
  refused('host-list-ours-behind', 'characters that no name has', withHost(`evil.example, ${HOST}`)),
  refused('host-script', 'characters that no name has', withHost('<script>alert(1)</script>')),
  refused('host-scheme', 'characters that no name has', withHost(`https://${HOST}`)),
  refused('host-colon-first', 'characters that no name has', withHost(`:443`)),
  refused('host-none', 'HTTP/1.1 without Host', bare(GET, [`X-Forwarded-For: ${CLIENT}`])),
  refused('host-two', 'who takes the first, who the last', withHost(HOST, 'evil.example')),
  refused('host-two-other-first', 'who takes the first, who the last', withHost('evil.example', HOST)),
  refused('host-two-same', 'two are too many, even if they agree', withHost(HOST, HOST)),
  refused('host-two-case', 'the same header in other letters', bare(GET, [`Host: ${HOST}`, 'hOST: evil.example'])),
  refused('host-space-before-colon', 'a Host that only one side recognises', bare(GET, [`Host : ${HOST}`])),
  refused('host-folded', 'a Host on the next line', bare(GET, [`Host:\r\n ${HOST}`])),
  refused('host-space-inside', 'two words', withHost(`${HOST} evil.example`)),
  refused('host-tab-inside', 'two words', withHost(`${HOST}\tevil.example`)),
  refused('host-slash', 'a path in it', withHost(`${HOST}/evil`)),
  refused('host-nul', 'a name that ends early in C', withHost(`${HOST}\0.evil.example`)),
  refused('host-control', 'a control character', withHost(`${HOST}\x01`)),
  refused('host-two-dots', 'an empty label', withHost('ums..example.com')),
  refused('host-dot', 'a dot alone', withHost('.')),
  refused('host-bare-cr', 'a second Host behind a carriage return', withHost(`${HOST}\rHost: evil.example`)),
  refused('host-second-behind-lf', 'a second Host behind a line feed', withHost(`${HOST}\nHost: evil.example`)),
];

const spelling = ([id = '', host = '']: readonly string[]): Hostile =>
  defused(
    `host-${id}`,
    `our name in another spelling, which would end in links and redirects: ${JSON.stringify(host)}`,
    withHost(host),
    page(),
  );

/** Other ways to write our name: the app reads it in one spelling only. */
const ours: readonly Hostile[] = [
  ['upper-case', 'UMS.EXAMPLE.COM'],
  ['mixed-case', 'Ums.Example.Com'],
  ['port-443', `${HOST}:443`],
  ['port-other', `${HOST}:8080`],
  ['trailing-dot', `${HOST}.`],
  ['port-empty', `${HOST}:`],
  ['spaces-around', `   ${HOST}   `],
].map(spelling);

/** The same with a port that is none. */
const portless: readonly Hostile[] = [
  ['port-huge', `${HOST}:99999999`],
  ['port-word', `${HOST}:evil`],
  ['port-userinfo', `${HOST}:443@evil.example`],
].map((each) => orRefused(spelling(each)));

/** Targets that name a host of their own. */
const targets: readonly Hostile[] = [
  denied(
    'target-other-host',
    "the target goes before Host, and isn't ours",
    request('GET http://evil.example/page HTTP/1.1'),
    421,
  ),
  denied(
    'target-other-host-https',
    "the target goes before Host, and isn't ours",
    request('GET https://evil.example/page HTTP/1.1'),
    421,
  ),
  denied(
    'target-internal-host',
    'a proxy for anybody',
    request('GET http://169.254.169.254/latest/meta-data/ HTTP/1.1'),
    421,
  ),
  denied('target-loopback', 'a proxy for anybody', request('GET http://127.0.0.1:8000/page HTTP/1.1'), 421),
  refused(
    'target-userinfo',
    'our name as the user of another',
    request(`GET http://${HOST}@evil.example/page HTTP/1.1`),
  ),
  refused('target-authority', 'a host and a port', request(`GET ${HOST}:443 HTTP/1.1`)),
  refused('target-no-slash', 'a path without its slash', request('GET page HTTP/1.1')),
  refused('target-at', 'our name would be the user of another', request('GET @evil.example/page HTTP/1.1')),
  refused('target-colon', 'a port of another host', request('GET :8000/page HTTP/1.1')),
  refused('target-asterisk', 'the server as a whole', request('OPTIONS * HTTP/1.1')),
  refused('target-asterisk-get', 'the server as a whole', request('GET * HTTP/1.1')),
  refused('target-none', 'no target', request('GET HTTP/1.1')),
  refused('target-empty', 'an empty target', request('GET  HTTP/1.1')),
  refused('target-query-only', 'a query alone', request('GET ?x=1 HTTP/1.1')),
  refused('target-fragment', 'a fragment alone', request('GET #x HTTP/1.1')),
  refused('target-backslash', 'a backslash for a slash', request('GET \\page HTTP/1.1')),
  refused('target-space', 'a space in it', request('GET /page one HTTP/1.1')),
  refused('target-tab', 'a tab for a space', request('GET\t/page\tHTTP/1.1')),
  refused('target-nul', 'a NUL in it', request('GET /page\0 HTTP/1.1')),
  refused('target-scheme-empty', 'a scheme without a host', request('GET http:///page HTTP/1.1')),
  refused('target-scheme-one-slash', 'half an address', request('GET http:/page HTTP/1.1')),
  orRefused(
    refused('target-connect', 'a tunnel', bare('CONNECT evil.example:443 HTTP/1.1', ['Host: evil.example:443'])),
    405,
  ),
  orRefused(
    refused('target-connect-ours', 'a tunnel to the app', bare(`CONNECT ${HOST}:443 HTTP/1.1`, [`Host: ${HOST}:443`])),
    405,
  ),
  orRefused(refused('target-connect-path', 'a tunnel to a path', request('CONNECT /page HTTP/1.1'), 405)),
  denied('target-double-slash-host', 'a host in the path', request('GET //evil.example/.env HTTP/1.1'), 404),
];

export const cases: readonly Hostile[] = [...strangers, ...nameless, ...malformed, ...ours, ...portless, ...targets];

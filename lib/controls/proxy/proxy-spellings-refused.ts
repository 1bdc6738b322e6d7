import { everyTier, type RuleControl } from '../control';
import type { Directive } from '../rules/proxy/nginx-file';
import type { RequestVariables } from '../rules/proxy/nginx-variables';
import {
  answering,
  type FileFault,
  guardProxy,
  type RenderedProxy,
  refusalOf,
  requestFor,
} from '../rules/proxy/rendered-proxy';
import { confFixture, soundProxy } from '../rules/proxy/samples';

/** Targets as sent that servers read differently; nginx has resolved them before the fences see them. */
const TWO_MEANINGS = [
  ...['/x/../admin/', '/x/%2e%2e/admin/', '/x/%2E%2E/admin/', '/x/.%2e/', '/x/..%2fadmin/', '/x%2f..%2fadmin', '/./x'],
  ...['/x/.', '/x/..', '/x/..;a=b', '/x/..%3ba=b', '/x/..?a=b', '/x/..#a', '/%2e/x', '/x%2f.', '/x%2F%2e%2e'],
  ...['/x\\admin', '/x%5cadmin', '/x%5C..', '/admin%00', '/admin%0a', '/admin%0D', '/x%1fy', '/x%7f', '/x%7Fy', '/%01'],
];
/** Targets that look like one, and are none. */
const PLAIN = [
  ...['/', '/x', '/x?next=/../a', '/x?a=%2e%2e%2f', '/x?a=%0a', '/x?a=b\\c', '/x#/../', '/a..b', '/a/..b', '/a/b..'],
  ...['/...', '/.../x', '/%20', '/%2525', '/x%7e', '/x%5b', '/caf%c3%a9', '/a%2fb', '/%21', '/.x', '/x.'],
];
/** Bytes that gunicorn takes in a request line, less those for method and version. */
const LENGTH = 4000;
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const STRANGE = [
  'TRACE',
  'TRACK',
  'CONNECT',
  'PROPFIND',
  'MKCOL',
  'COPY',
  'MOVE',
  'LOCK',
  'PURGE',
  'DEBUG',
  'GETS',
  '',
];

export const control: RuleControl = {
  id: 'proxy-spellings-refused',
  title:
    'Requests that servers read in two ways, of methods that no app serves, too long or without a version, reach no app',
  holds: ['E12/enforce', 'E14/enforce'],
  tiers: everyTier,
  why: 'A fence that sees another path than the app is no fence.',
  remedy: 'Leave the maps to lib/constructs/proxy/guards.ts.',
  ...guardProxy((proxy) => answering(proxy).flatMap(([opening, block]) => faults(proxy, opening, block))),
  fixtures: {
    pass: [soundProxy],
    refuse: [
      confFixture('dot segments pass', { 'if ($blocked = spelling) { return 400; }': '' }),
      confFixture('encoded ones do', { '(?:\\.|%2e){1,2}': '(?:\\.){1,2}' }),
      confFixture('backslashes do', { '\\\\\\\\|%5c|': '%5c|' }),
      confFixture('control characters do', { '%[01][0-9a-f]|%7f|': '' }),
      confFixture('queries may have none', { '"~*^[^?#]*(?:\\\\': '"~*(?:\\\\' }),
      confFixture('any length', { '"~^.{4001}" length;': '' }),
      confFixture('ordinary ones are too long', { '"~^.{4001}"': '"~^.{401}"' }),
      confFixture('TRACE', { 'default method;': 'default $blocked_version;' }),
      confFixture('no PATCH', { 'PATCH $blocked_version;': '' }),
      confFixture('HTTP/0.9', { '"" spelling;': '' }),
      confFixture('any method for files', {
        'location ^~ /static/ {': 'location ^~ /static/ { if ($blocked = method) { return 200; }',
      }),
    ],
  },
};

function faults(proxy: RenderedProxy, opening: string, block: readonly Directive[]): readonly FileFault[] {
  const judged = (words: string, request: RequestVariables, expected: number | undefined): readonly FileFault[] => {
    const found = refusalOf(proxy, block, request);
    return found === expected
      ? []
      : [
          {
            at: block[0],
            found: `${words} is ${found ?? 'let on'} in location ${opening}`,
            expected: String(expected ?? 'let on'),
          },
        ];
  };
  const sent = (request_uri: string) => requestFor('/x', { request_uri });
  const ofLength = (bytes: number) => sent(`/${'a'.repeat(bytes - 1)}`);
  return [
    ...TWO_MEANINGS.flatMap((target) => judged(target, sent(target), 400)),
    ...PLAIN.flatMap((target) => judged(target, sent(target), undefined)),
    ...judged(`a target of ${LENGTH + 1} bytes`, ofLength(LENGTH + 1), 414),
    ...judged(`a target of ${LENGTH} bytes`, ofLength(LENGTH), undefined),
    ...STRANGE.flatMap((method) => judged(`method ${method}`, requestFor('/x', { request_method: method }), 405)),
    ...METHODS.flatMap((method) => judged(`method ${method}`, requestFor('/x', { request_method: method }), undefined)),
    ...METHODS.flatMap((request_method) =>
      judged(`${request_method} without a version`, requestFor('/x', { request_method, server_protocol: '' }), 400),
    ),
  ];
}

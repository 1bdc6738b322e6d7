import { everyTier, type RuleControl } from '../control';
import { DEBRIS, PUBLISHED } from '../rules/proxy/debris-samples';
import type { Directive } from '../rules/proxy/nginx-file';
import {
  answering,
  type FileFault,
  guardProxy,
  type RenderedProxy,
  refusalOf,
  requestFor,
} from '../rules/proxy/rendered-proxy';
import { confFixture, soundProxy } from '../rules/proxy/samples';

export const control: RuleControl = {
  id: 'proxy-debris-refused',
  title:
    'What deployments and editors leave behind is never served, in no spelling, and the app never hears of the request',
  holds: ['E12/enforce'],
  tiers: everyTier,
  why: 'A forgotten .env, dump or repository is a full break-in, and scanners ask for each within minutes.',
  remedy: 'Leave the paths to lib/constructs/proxy/debris.ts and guards.ts.',
  ...guardProxy((proxy) => answering(proxy).flatMap(([opening, block]) => faults(proxy, opening, block))),
  fixtures: {
    pass: [soundProxy],
    refuse: [
      confFixture('no such refusal', { 'if ($blocked = debris) { return 404; }': '' }),
      confFixture('found after all', {
        'if ($blocked = debris) { return 404; }': 'if ($blocked = debris) { return 200; }',
      }),
      confFixture('hidden files are served', { '(?<=.)/\\.(?!\\.)|': '' }),
      confFixture('dumps are served', { 'sql|dump|': '' }),
      confFixture('in capitals they are', { '"~*^/\\.': '"~^/\\.' }),
      confFixture('certificates can’t be renewed', { '(?!\\.|well-known(?:/|$))': '' }),
      confFixture('as sent, not as resolved', { 'map $uri $blocked {': 'map $args $blocked {' }),
      confFixture('answered before', { 'location / {\n      if': 'location / {\n      return 204; if' }),
      confFixture('known by its first letters alone', { '|rar)[. ]*(?:[/;]|$)': '|rar)' }),
      confFixture('static files too', {
        'location ^~ /static/ {\n      if ($blocked = debris) { return 404; }': 'location ^~ /static/ {',
      }),
    ],
  },
};

function faults(proxy: RenderedProxy, opening: string, block: readonly Directive[]): readonly FileFault[] {
  const answer = (uri: string) => refusalOf(proxy, block, requestFor(uri));
  const wrong = (path: string, expected: string): FileFault => ({
    at: block[0],
    found: `${path} is ${answer(path) === undefined ? 'let on' : `answered with ${answer(path)}`} by location ${opening}`,
    expected,
  });
  return [
    ...DEBRIS.filter((path) => answer(path) !== 404).map((path) => wrong(path, '404')),
    ...PUBLISHED.filter((path) => answer(path) !== undefined).map((path) => wrong(path, 'the page')),
  ];
}

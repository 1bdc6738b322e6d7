import { everyTier, type RuleControl } from '../control';
import { UNSAID } from '../rules/proxy/client-headers';
import type { Directive } from '../rules/proxy/nginx-file';
import {
  type FileFault,
  guardProxy,
  locationOf,
  named,
  ownServer,
  type RenderedProxy,
  refusalOf,
  throughout,
  written,
} from '../rules/proxy/rendered-proxy';
import { confFixture, soundProxy } from '../rules/proxy/samples';

/** Statuses with a page of ours wherever they come from, and words of their titles. */
const TITLES: Readonly<Record<number, RegExp>> = {
  400: /bad request/i,
  403: /forbidden/i,
  404: /not found/i,
  405: /method/i,
  408: /request time/i,
  409: /conflict/i,
  411: /length required/i,
  412: /precondition/i,
  413: /content|body|payload/i,
  414: /address|ur[il]/i,
  415: /media type/i,
  416: /range/i,
  421: /misdirected/i,
  429: /too many/i,
  431: /headers?/i,
  500: /internal/i,
  501: /not implemented/i,
  502: /unavailable/i,
  503: /unavailable/i,
  504: /gateway/i,
  505: /version/i,
};
const OURS = '$error_page';
const RANGE = '/.breakwater/error-range';
/** Decides whether the app was too slow, or was never reached. Asks for the kind of request while its path is known. */
const LATE = '= /.breakwater/error-late?$is_api';
/** Not as themselves, but as the standard has them. */
const CHANGED: Readonly<Record<number, string>> = {
  416: RANGE,
  502: `=503 ${OURS}`,
  504: LATE,
  494: `=431 ${OURS}`,
  495: `=400 ${OURS}`,
  496: `=400 ${OURS}`,
  497: `=400 ${OURS}`,
};
/** The app's failures, in whose pages a traceback may stand. Its 503 is its own to explain, as are its 4xx. */
const OF_THE_APP = [413, 500, 501, 502, 504, 505, 506, 507, 508, 510, 511];
/** What a page may tell of a request. */
const TOLD = /^\$(status|status_title|request_id)$/;
const TOLD_ALWAYS = ['$status', '$status_title', '$request_id'];
const HTML = 'text/html; charset=utf-8';
const TYPES: Readonly<Record<string, string>> = { json: 'application/json', html: HTML, range: HTML };
/** How a page of each type begins and ends. */
const FORMS: Readonly<Record<string, RegExp>> = {
  'application/json': /^\{"status":\$status,("\w+":"[^"]*",?)+\}\s*$/,
  [HTML]: /^<!doctype html>.*<title>.*\s*$/is,
};
const INTERNAL = /<\w*script|nginx|gunicorn|python|https?:\/\//i;

export const control: RuleControl = {
  id: 'proxy-errors-plain',
  title: 'Error pages say what happened and under which id it is logged, and nothing of what runs inside',
  holds: ['E13/enforce'],
  tiers: everyTier,
  why: 'A traceback or a version tells an attacker where to try next.',
  remedy: 'Leave error pages to lib/constructs/proxy/error-pages.ts.',
  ...guardProxy((proxy) => [
    ...caught(proxy),
    ...ofTheApp(proxy),
    ...titles(proxy),
    ...late(proxy),
    ...pages(proxy),
    ...unnamed(proxy),
  ]),
  fixtures: {
    pass: [soundProxy],
    refuse: [
      confFixture('nginx’s own page', { 'error_page 400 403 404': 'error_page 400 403' }),
      confFixture('494 for large headers', { 'error_page 494 =431 $error_page;': '' }),
      confFixture('the app’s tracebacks', { 'proxy_intercept_errors on;': '' }),
      confFixture('some of them', { 'error_page 413 500 501 505': 'error_page 413 501 505' }),
      confFixture('the version of nginx', { 'server_tokens off': 'server_tokens on' }),
      confFixture('the framework', { 'proxy_hide_header X-Powered-By;': '' }),
      confFixture('the address of the app', { 'Error $status.': 'Error $status at $upstream_addr.' }),
      confFixture('what was asked', { 'Error $status.': 'Error $status for $request_uri.' }),
      confFixture('open to all', { 'internal;\n      default_type "text/html': 'default_type "text/html' }),
      confFixture('HTML for programs', { '1 /.breakwater/error-json;': '1 /.breakwater/error-html;' }),
      confFixture('errors as success', {
        'error_page 400 403 404': 'error_page 400 403 =200 $error_page; error_page 404',
      }),
      confFixture('a wrong title', { '404 "Not found";': '404 "Forbidden";' }),
      confFixture('too late as down', { 'return 504;': 'return 503;' }),
      confFixture('down as too late', { '"-" 1;': '' }),
      confFixture('no id to ask for', { ',"request_id":"$request_id"}\\n': '}\\n' }),
      confFixture('steered by the app', { 'proxy_ignore_headers X-Accel-Redirect': 'proxy_ignore_headers' }),
    ],
  },
};

/** What a block answers instead of each status: the last words of its `error_page`. */
const replaced = (block: readonly Directive[]): ReadonlyMap<number, string> =>
  new Map(
    named(block, 'error_page').flatMap(({ args }) => {
      const statuses = args.filter((each) => /^\d+$/.test(each));
      const answer = args.slice(statuses.length).join(' ');
      return statuses.map((status) => [Number(status), answer] as const);
    }),
  );

/** The pages of a block: those statuses, each as it should be, and no other. */
function replacing(block: readonly Directive[], statuses: readonly number[], words: string): readonly FileFault[] {
  const found = replaced(block);
  const told = named(block, 'error_page').reduce(
    (sum, { args }) => sum + args.filter((each) => /^\d+$/.test(each)).length,
    0,
  );
  return [
    ...statuses
      .filter((status) => found.get(status) !== (CHANGED[status] ?? OURS))
      .map((status) => ({
        at: block[0],
        found: `${status} of ${words} answered with ${found.get(status) ?? 'its own page'}`,
        expected: CHANGED[status] ?? OURS,
      })),
    ...(told === statuses.length
      ? []
      : [{ at: block[0], found: `${told} pages for ${words}`, expected: `${statuses.length}` }]),
  ];
}

const caught = ({ http }: RenderedProxy): readonly FileFault[] =>
  replacing(http, [...Object.keys(TITLES).map(Number), 494, 495, 496, 497], 'nginx');

function ofTheApp(proxy: RenderedProxy): readonly FileFault[] {
  const app = locationOf(ownServer(proxy), '@app') ?? [];
  const wanted = ['proxy_intercept_errors on', 'recursive_error_pages on'];
  const told = proxy.every.filter(({ name }) => wanted.some((each) => each.startsWith(`${name} `)));
  return [
    ...wanted
      .filter((each) => !app.map(written).includes(each))
      .map((expected) => ({ at: app[0], found: 'the app’s own pages of failures', expected })),
    ...told
      .filter((each) => !wanted.includes(written(each)))
      .map((at) => ({ at, found: written(at), expected: wanted.join(', ') })),
    // One page here means that those of http are forgotten.
    ...replacing(app, OF_THE_APP, 'the app'),
  ];
}

function titles({ http, value }: RenderedProxy): readonly FileFault[] {
  const [map] = named(http, 'map').filter(({ args }) => args[1] === '$status_title');
  const volatile = named(map?.block ?? [], 'volatile').length === 1;
  const title = (status: string) => value('$status_title', { status });
  return [
    ...Object.entries(TITLES)
      .filter(([status, words]) => !words.test(title(status)))
      .map(([status, words]) => ({ found: `${title(status) || 'no title'} for ${status}`, expected: String(words) })),
    ...(volatile
      ? []
      : [{ at: map, found: 'a title of the first status', expected: 'volatile: a page may change it' }]),
    ...(!/error/i.test(title('599')) ? [{ found: 'no title for 599', expected: 'Error' }] : []),
  ];
}

/** The page that decides: 503 when the app was never reached, 504 when it took too long. */
function late(proxy: RenderedProxy): readonly FileFault[] {
  return proxy.servers.flatMap(({ block = [] }) => {
    const page = locationOf(block, '= /.breakwater/error-late') ?? [];
    const wrong = [
      ['-', 503],
      ['0.001', 504],
      ['', 504],
    ] as const;
    return [
      ...wrong
        .filter(([upstream_connect_time, status]) => refusalOf(proxy, page, { upstream_connect_time }) !== status)
        .map(([time, status]) => ({
          at: page[0],
          found: `another status after ${time || 'no connection'}`,
          expected: `${status}`,
        })),
      ...(named(page, 'error_page').map(written).join() === `error_page 503 504 ${OURS}`
        ? []
        : [{ at: page[0], found: 'nginx’s own page for 503 or 504', expected: `error_page 503 504 ${OURS}` }]),
    ];
  });
}

const pages = (proxy: RenderedProxy): readonly FileFault[] => [
  ...proxy.servers.flatMap(({ block = [] }) =>
    named(block, 'location')
      .filter(({ args }) => /error/.test(args.join()))
      .flatMap((location) => [...openPage(location), ...named(location.block ?? [], 'return').flatMap(telling)]),
  ),
  ...types(proxy),
];

const openPage = (location: Directive): readonly FileFault[] =>
  named(location.block ?? [], 'internal').length === 1
    ? []
    : [{ at: location, found: `${written(location)} for anybody`, expected: 'internal' }];

/** A page that tells more than it should; a bare status has no page. */
function telling(page: Directive): readonly FileFault[] {
  const text = page.args[1] ?? '';
  const others = (text.match(/\$\{?\w+\}?/g) ?? []).filter((each) => !TOLD.test(each));
  const whole = text === '' || (page.args[0] === '200' && TOLD_ALWAYS.every((each) => text.includes(each)));
  return others.length === 0 && !INTERNAL.test(text) && whole
    ? []
    : [
        {
          at: page,
          found: `a page that tells ${others.join(', ') || text || 'nothing'}`,
          expected: 'status, title and request id',
        },
      ];
}

/** JSON below the prefixes of the API, however they are spelt; HTML elsewhere. */
function types(proxy: RenderedProxy): readonly FileFault[] {
  const bare = proxy.promises.apiPaths.map((path) => path.replace(/\/+$/, ''));
  const cases = [
    ...bare.flatMap((path) =>
      ['', '/', '/x', ';a=b', '.', ' ', '. /x']
        .map((rest) => `${path}${rest}`)
        .concat(`${path.toUpperCase()}/X`)
        .map((uri) => [uri, 'json'] as const),
    ),
    ...['/', '/x', ...bare.flatMap((path) => [`${path}s`, `/x${path}/`])]
      .filter((uri) => !bare.some((path) => uri.startsWith(`${path}/`) || uri === path))
      .map((uri) => [uri, 'html'] as const),
  ];
  const page = (name: string) => `/.breakwater/error-${name}`;
  return [
    ...cases
      .filter(([uri, name]) => proxy.value(OURS, { uri }) !== page(name))
      .map(([uri, name]) => ({ found: `${proxy.value(OURS, { uri })} for ${uri}`, expected: page(name) })),
    ...proxy.servers.flatMap(({ block = [] }) =>
      Object.entries(TYPES).flatMap(([name, type]) => {
        const location = locationOf(block, `= ${page(name)}`) ?? [];
        const found = named(location, 'default_type').map(({ args }) => args.join(' '));
        const text = named(location, 'return')[0]?.args[1] ?? '';
        return found.join() === type && FORMS[type]?.test(text)
          ? []
          : [
              {
                at: location[0],
                found: `${found.join() || 'no type'} for ${page(name)}`,
                expected: `a page of ${type}`,
              },
            ];
      }),
    ),
  ];
}

function unnamed(proxy: RenderedProxy): readonly FileFault[] {
  const hidden = named(proxy.http, 'proxy_hide_header').map(({ args }) => args[0]);
  return [
    ...throughout(proxy, 'server_tokens', 'off'),
    ...throughout(proxy, 'proxy_ignore_headers', 'X-Accel-Redirect X-Accel-Expires X-Accel-Limit-Rate X-Accel-Charset'),
    ...UNSAID.filter((name) => !hidden.includes(name)).map((name) => ({
      found: `${name} of the app passes`,
      expected: `proxy_hide_header ${name}`,
    })),
  ];
}

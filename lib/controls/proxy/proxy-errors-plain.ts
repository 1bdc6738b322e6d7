import { everyTier, type RuleControl } from '../control';
import type { Directive } from '../rules/nginx-file';
import {
  type FileFault,
  guardProxy,
  locationOf,
  named,
  ownServer,
  type RenderedProxy,
  throughout,
  written,
} from '../rules/proxy';
import { confFixture, soundProxy } from '../rules/proxy-samples';

/** What nginx answers by itself, with pages that name it. */
const OWN = [400, 403, 404, 405, 408, 413, 414, 421, 429, 500, 501, 503, 504];
/** The app's failures, in whose pages a traceback may stand. Its 503 is its own to explain. */
const OF_THE_APP = [500, 501, 504];
/** The page for the kind of request, or one of our own that decides further. */
const OUR_PAGE = /^(\$error_page$|\/\.breakwater\/error-)/;
/** What a page may tell of a request. */
const TOLD = /^\$(status|status_title|request_id)$/;
const INTERNAL = /<\w*script|nginx|gunicorn|python|https?:\/\//i;

export const control: RuleControl = {
  id: 'proxy-errors-plain',
  title: 'Error pages say what happened and under which id it is logged, and nothing of what runs inside',
  holds: ['E13/enforce'],
  tiers: everyTier,
  why: 'A traceback or a version tells an attacker where to try next.',
  remedy: 'Leave error pages to lib/constructs/proxy/error-pages.ts.',
  ...guardProxy((proxy) => [...caught(proxy), ...ofTheApp(proxy), ...pages(proxy), ...unnamed(proxy)]),
  fixtures: {
    pass: [soundProxy],
    refuse: [
      confFixture('nginx’s own page', { 'error_page 400 403 404': 'error_page 400 403' }),
      confFixture('494 for large headers', { 'error_page 494 =431 $error_page;': '' }),
      confFixture('the app’s tracebacks', { 'proxy_intercept_errors on;': '' }),
      confFixture('some of them', { 'error_page 413 500 501 504 505 $error_page;': 'error_page 413 $error_page;' }),
      confFixture('the version of nginx', { 'server_tokens off': 'server_tokens on' }),
      confFixture('the framework', { 'proxy_hide_header X-Powered-By;': '' }),
      confFixture('the address of the app', { 'Error $status</title>': 'Error $status at $upstream_addr</title>' }),
      confFixture('what was asked', { 'Error $status</title>': 'Error $status for $request_uri</title>' }),
      confFixture('open to all', { 'internal; default_type text/html;': 'default_type text/html;' }),
      confFixture('HTML for programs', { '1 /.breakwater/error.json;': '1 /.breakwater/error.html;' }),
      confFixture('errors as success', {
        'error_page 400 403 404': 'error_page 400 403 =200 $error_page; error_page 404',
      }),
      confFixture('steered by the app', { 'proxy_ignore_headers X-Accel-Redirect': 'proxy_ignore_headers' }),
    ],
  },
};

/** Statuses with a page of ours, in a block. Each keeps its status, or gets the one that the standard has for it. */
const covered = (block: readonly Directive[]): ReadonlySet<number> =>
  new Set(
    named(block, 'error_page')
      .filter(
        ({ args }) => OUR_PAGE.test(args.at(-1) ?? '') && !args.some((each) => /^=(?!431$|400$|503$|$)/.test(each)),
      )
      .flatMap(({ args }) => args.slice(0, -1))
      .filter((each) => !each.startsWith('='))
      .map(Number),
  );

function caught({ http }: RenderedProxy): readonly FileFault[] {
  const found = covered(http);
  const missing = [...OWN, 502, 494, 495, 496, 497].filter((status) => !found.has(status));
  const own = named(http, 'error_page').some((each) => written(each) === 'error_page 494 =431 $error_page');
  return [
    ...(missing.length === 0
      ? []
      : [{ found: `nginx’s own page for ${missing.join(', ')}`, expected: 'error_page … $error_page' }]),
    ...(own ? [] : [{ found: 'too large headers answered otherwise', expected: 'error_page 494 =431 $error_page' }]),
  ];
}

function ofTheApp(proxy: RenderedProxy): readonly FileFault[] {
  const app = locationOf(ownServer(proxy), '@app') ?? [];
  // One page here means that those of http are forgotten.
  const told = named(app, 'error_page').flatMap(({ args }) => args.slice(0, -1).map(Number));
  const missing = [...OF_THE_APP, 502].filter((status) => !told.includes(status));
  const on = named(app, 'proxy_intercept_errors').map(written).join() === 'proxy_intercept_errors on';
  return [
    ...(on ? [] : [{ at: app[0], found: 'the app’s own pages of failures', expected: 'proxy_intercept_errors on' }]),
    ...(missing.length === 0
      ? []
      : [{ at: app[0], found: `the app’s own page for ${missing.join(', ')}`, expected: 'ours' }]),
  ];
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
  return others.length === 0 && !INTERNAL.test(text)
    ? []
    : [{ at: page, found: `a page that tells ${others.join(', ') || text}`, expected: 'status, title and request id' }];
}

function types(proxy: RenderedProxy): readonly FileFault[] {
  const typeAt = (uri: string) => typeOf(proxy, proxy.value('$error_page', { uri }));
  const [api] = proxy.promises.apiPaths;
  const json = api === undefined ? undefined : typeAt(`${api.replace(/\/+$/, '')}/x`);
  return [
    ...(json === undefined || json === 'application/json'
      ? []
      : [{ found: `${json} for the API`, expected: 'application/json' }]),
    ...(typeAt('/x').startsWith('text/html') ? [] : [{ found: `${typeAt('/x')} for pages`, expected: 'text/html' }]),
  ];
}

const typeOf = (proxy: RenderedProxy, page: string): string =>
  named(locationOf(ownServer(proxy), `= ${page}`) ?? [], 'default_type')[0]?.args[0] ?? 'nothing';

function unnamed(proxy: RenderedProxy): readonly FileFault[] {
  const hidden = named(proxy.http, 'proxy_hide_header').map(({ args }) => args[0]);
  return [
    ...throughout(proxy, 'server_tokens', 'off'),
    ...throughout(proxy, 'proxy_ignore_headers', 'X-Accel-Redirect X-Accel-Expires X-Accel-Limit-Rate X-Accel-Charset'),
    ...(hidden.includes('X-Powered-By')
      ? []
      : [{ found: 'X-Powered-By of the app passes', expected: 'proxy_hide_header X-Powered-By' }]),
  ];
}

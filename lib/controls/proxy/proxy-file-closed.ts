import { everyTier, type RuleControl } from '../control';
import { askedBy, BLOCKS, type BlockForm, locationForms } from '../rules/proxy/blocks';
import type { Directive } from '../rules/proxy/nginx-file';
import { variablesIn } from '../rules/proxy/nginx-variables';
import { type FileFault, guardProxy, named, type RenderedProxy, written } from '../rules/proxy/rendered-proxy';
import { confFixture, soundProxy } from '../rules/proxy/samples';

/** Blocks whose content is data. */
const DATA = new Set(['map', 'geo', 'types']);
/** What a condition may do: `if` harms nothing else. */
const CONSEQUENCES = new Set(['return', 'gzip']);

export const control: RuleControl = {
  id: 'proxy-file-closed',
  title: 'The proxy’s configuration has the kit’s directives and locations, and no other',
  holds: ['E01/enforce'],
  tiers: everyTier,
  why: 'One line more can undo every rule above it: a location without limits, a module that runs code, a file read from elsewhere.',
  remedy: 'A new directive needs a control that judges it; then add its name to lib/controls/rules/proxy/blocks.ts.',
  ...guardProxy((proxy) => [...outside(proxy), ...locations(proxy), ...unheard(proxy)]),
  fixtures: {
    pass: [soundProxy],
    refuse: [
      confFixture('a file from elsewhere', { 'http {': 'http { include /tmp/*.conf;' }),
      confFixture('a module', { 'events {': 'load_module modules/ngx_http_perl_module.so; events {' }),
      confFixture('a weak cipher', { 'ssl_session_tickets off;': 'ssl_session_tickets off; ssl_ciphers RC4;' }),
      confFixture('a rehearsal of limits', { 'limit_req_status 429;': 'limit_req_status 429; limit_req_dry_run on;' }),
      confFixture('a way round', { 'if ($blocked = debris)': 'if ($args) { break; } if ($blocked = debris)' }),
      confFixture('a location more', {
        'location @app {': 'location /metrics { proxy_pass http://app; } location @app {',
      }),
      confFixture('a location by expression', {
        'location @app {': 'location ~ \\.php$ { proxy_pass http://app; } location @app {',
      }),
      confFixture('a folder of files', { 'autoindex off;': 'autoindex off; alias /;' }),
      confFixture('settings of one server', {
        'server_name ums.example.com;': 'server_name ums.example.com; ssl_protocols TLSv1;',
      }),
      confFixture('a copy of all traffic', {
        'proxy_intercept_errors on;': 'mirror /copy; proxy_intercept_errors on;',
      }),
      confFixture('a header that opens the fence', { 'geo $admin_fence {': 'geo $http_x_client $admin_fence {' }),
      confFixture('what a client says in an answer', { 'Vary $vary': 'Vary $http_user_agent' }),
      confFixture('a page of another', {
        'location / {\n      if': 'location / { return 302 https://evil.example/; } location /x {\n      if',
      }),
      confFixture('answers before the fences', {
        'location @app {': 'location = /admin { proxy_pass http://app; } location @app {',
      }),
    ],
  },
};

/** What a client says decides nothing and goes back to nobody, but for what these are made for: by directive. */
const HEARD: Readonly<Record<string, readonly string[]>> = {
  http_origin: ['map'],
  http_access_control_request_method: ['map'],
  http_cookie: ['map'],
  http_authorization: ['map'],
  http_referer: ['map'],
  // Put in its place by the load balancer.
  http_x_amzn_tls_version: ['map', 'default'],
  http_x_amzn_trace_id: ['log_format'],
  http_user_agent: ['log_format'],
};
const SAID = /^(http|arg|cookie)_/;

const unheard = ({ every }: RenderedProxy): readonly FileFault[] =>
  every.flatMap((at) =>
    at.args
      .flatMap(variablesIn)
      .filter((variable) => SAID.test(variable) && !HEARD[variable]?.includes(at.name))
      .map((variable) => ({
        at,
        found: `$${variable} in ${written(at)}`,
        expected: 'nothing that any client can say',
      })),
  );

/** Everything but locations, from the outermost block inwards. */
function outside({ file }: RenderedProxy): readonly FileFault[] {
  const visit = (directives: readonly Directive[], context: string, opening?: Directive): readonly FileFault[] => [
    ...judge(directives, BLOCKS[context] as BlockForm, context, opening),
    ...directives.flatMap((at) =>
      at.block && !DATA.has(at.name) && BLOCKS[at.name] ? visit(at.block, at.name, at) : [],
    ),
  ];
  return visit(file, 'main');
}

/** What a block has that it must not have, has too often, or lacks. */
function judge(
  directives: readonly Directive[],
  { directives: times, conditions }: BlockForm,
  context: string,
  opening?: Directive,
): readonly FileFault[] {
  const counts = new Map<string, number>();
  const faults = directives.flatMap((at): readonly FileFault[] => {
    const count = (counts.get(at.name) ?? 0) + 1;
    counts.set(at.name, count);
    const allowed = times[at.name];
    const expected = 'the kit’s directives';
    if (allowed === undefined) return [{ at, found: `${written(at)} in ${context}`, expected }];
    if (count > 1 && allowed !== 'often') return [{ at, found: `${written(at)} in ${context}, once more`, expected }];
    return at.name === 'if' && !isKnown(at, conditions)
      ? [{ at, found: `${written(at)} in ${context}`, expected: `conditions on ${conditions.join(', ')}` }]
      : [];
  });
  const missing = Object.entries(times)
    .filter(([name, allowed]) => allowed !== 'at most once' && !counts.has(name))
    .map(([name]) => ({ at: opening, found: `no ${name} in ${context}`, expected: name }));
  return [...faults, ...missing];
}

const isKnown = (condition: Directive, conditions: readonly string[]): boolean =>
  conditions.includes(askedBy(condition)) &&
  condition.block?.length === 1 &&
  condition.block.every(({ name }) => CONSEQUENCES.has(name));

function locations(proxy: RenderedProxy): readonly FileFault[] {
  const { servers, promises } = proxy;
  const wholeHealth = `= ${promises.healthPaths[0]}`;
  return locationForms(proxy).flatMap((forms, index) => {
    const server = servers[index];
    const found = named(server?.block ?? [], 'location');
    const openings = found.map(({ args }) => args.join(' '));
    return [
      ...found.flatMap((at, position): readonly FileFault[] => {
        const opening = openings[position] as string;
        const form = forms.get(opening);
        return form === undefined || openings.indexOf(opening) !== position
          ? [{ at, found: written(at), expected: [...forms.keys()].join(', ') }]
          : judge(at.block ?? [], form, `location ${opening}`, at);
      }),
      ...[...forms.keys()]
        .filter((opening) => !openings.includes(opening) && opening !== wholeHealth)
        .map((opening) => ({ at: server, found: `no location ${opening}`, expected: `location ${opening}` })),
    ];
  });
}

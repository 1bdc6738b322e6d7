import { everyTier, type RuleControl } from '../control';
import {
  answering,
  guardProxy,
  locationOf,
  named,
  ownServer,
  type RenderedProxy,
  refusalOf,
  requestFor,
  strangersTo,
  written,
} from '../rules/proxy/rendered-proxy';
import { confFixture, soundProxy } from '../rules/proxy/samples';

const METHODS = ['HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

export const control: RuleControl = {
  id: 'proxy-admin-fenced',
  title: 'Admin pages answer to the named networks only, however their address is spelt',
  holds: ['W07/enforce'],
  tiers: everyTier,
  why: 'One guessed or stolen password would then be enough to run the whole site.',
  remedy:
    'Name the networks under adminNetworks and the pages under app.adminPaths; leave the fence to lib/constructs/proxy/guards.ts.',
  ...guardProxy((proxy) => {
    const { promises } = proxy;
    const wide = promises.adminNetworks.filter(
      (network) => Number(network.split('/')[1] ?? 0) < (network.includes(':') ? 32 : 8),
    );
    const [fence] = named(proxy.http, 'geo').filter(({ args }) => args.at(-1) === '$admin_fence');
    const entries = fence?.block?.map(written).sort().join('; ') ?? 'no fence';
    const expected = ['default admin', ...promises.adminNetworks.map((network) => `${network} `)].sort().join('; ');
    const under = (uri: string) => promises.adminPaths.some((path) => spellings(path).includes(uri));
    return [
      ...(entries === expected && fence?.args.length === 1 ? [] : [{ at: fence, found: entries, expected }]),
      ...promises.adminPaths.flatMap((path) => spellings(path).flatMap((uri) => faults(proxy, uri))),
      ...promises.adminPaths.flatMap((path) => METHODS.flatMap((method) => faults(proxy, path, method))),
      ...promises.adminPaths
        .flatMap(beside)
        .filter(
          (uri) =>
            !under(uri) &&
            refusalOf(proxy, entryOf(proxy), requestFor(uri, { remote_addr: strangersTo(promises)[0] ?? '' })) === 403,
        )
        .map((uri) => ({ found: `${uri} is closed`, expected: 'open to all' })),
      ...wide.map((network) => ({ found: `${network} is let in`, expected: 'networks of your own' })),
    ];
  }),
  fixtures: {
    pass: [soundProxy, confFixture('no admin pages', {}, { adminPaths: [] })],
    refuse: [
      confFixture('no fence', { 'if ($blocked = admin) { return 403; }': '' }),
      confFixture('everybody is let in', { 'geo $admin_fence { default admin;': 'geo $admin_fence { default "";' }),
      confFixture('one network more', { '203.0.113.0/24 "";': '203.0.113.0/24 ""; 198.51.100.0/24 "";' }),
      confFixture('nobody is', { '203.0.113.0/24 "";': '' }),
      confFixture('only in lower case', { 'map $uri $blocked_admin { "~*': 'map $uri $blocked_admin { "~' }),
      confFixture('only with a slash', { '(?:/admin)[. ]*(?:[/;]|$)': '(?:/admin)/' }),
      confFixture('pages beside are closed', { '(?:/admin)[. ]*(?:[/;]|$)': '(?:/admin)' }),
      confFixture('by another address', { 'geo $admin_fence {': 'geo $http_x_real_ip $admin_fence {' }),
      confFixture('another path', { '"~*^(?:/admin)': '"~*^(?:/management)' }),
      confFixture(
        'everybody by configuration',
        { '203.0.113.0/24 "";': '0.0.0.0/0 "";' },
        { adminNetworks: ['0.0.0.0/0'] },
      ),
    ],
  },
};

/** Ways to write a path that an app may take for the same. */
function spellings(path: string): readonly string[] {
  const bare = path.replace(/\/+$/, '');
  return ['', '/', '/users', ';a=b', '.', ' ', ' /', '. ;a=b', './x']
    .map((rest) => `${bare}${rest}`)
    .concat(bare.toUpperCase(), `${bare.toUpperCase()}/USERS`);
}

/** Pages beside, for everybody. */
function beside(path: string): readonly string[] {
  const bare = path.replace(/\/+$/, '');
  return ['/', `${bare}istrators`, `${bare}-x/`, `/x${bare}`];
}

const entryOf = (proxy: RenderedProxy) => locationOf(ownServer(proxy), '/') ?? [];

/** A stranger of each family; one of ours where the network has room for a first address. */
function faults(proxy: RenderedProxy, uri: string, method = 'GET') {
  const own = proxy.promises.adminNetworks.map((network) => network.split('/')[0] as string);
  const strangers = strangersTo(proxy.promises);
  return answering(proxy).flatMap(([opening, block]) => {
    const answer = (remote_addr: string) =>
      refusalOf(proxy, block, requestFor(uri, { remote_addr, request_method: method }));
    const words = `${method} ${uri} in location ${opening}`;
    return [
      ...strangers
        .filter((address) => answer(address) !== 403)
        .map((address) => ({ at: block[0], found: `${words} is open to ${address}`, expected: '403' })),
      ...own
        .filter((address) => answer(address) !== undefined)
        .map((address) => ({
          at: block[0],
          found: `${words} is closed to ${address}`,
          expected: 'open to adminNetworks',
        })),
    ];
  });
}

import { everyTier, type RuleControl } from '../control';
import { holds } from '../rules/nginx-variables';
import { guardProxy, locationOf, ownServer, type RenderedProxy, refusalOf, requestFor } from '../rules/proxy';
import { confFixture, soundProxy } from '../rules/proxy-samples';

/** One of them is a stranger to any sensible list of networks. */
const STRANGERS = ['198.51.100.7', '192.0.2.1', '8.8.8.8', '10.0.0.9', '2001:db8:ffff::7'];

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
    return [
      ...promises.adminPaths.flatMap((path) => spellings(path).flatMap((uri) => faults(proxy, uri))),
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
  return [bare, `${bare}/`, `${bare}/users`, `${bare};a=b`, `${bare}.`, bare.toUpperCase(), `${bare} /`];
}

/** A stranger of each family; one of ours where the network has room for a first address. */
function faults(proxy: RenderedProxy, uri: string) {
  const block = locationOf(ownServer(proxy), '/') ?? [];
  const answer = (remote_addr: string) => refusalOf(proxy, block, requestFor(uri, { remote_addr }));
  const own = proxy.promises.adminNetworks.map((network) => network.split('/')[0] as string);
  return [
    ...STRANGERS.filter((address) => !proxy.promises.adminNetworks.some((network) => holds(network, address)))
      .filter((address) => answer(address) !== 403)
      .map((address) => ({ at: block[0], found: `${uri} is open to ${address}`, expected: '403' })),
    ...own
      .filter((address) => answer(address) !== undefined)
      .map((address) => ({ at: block[0], found: `${uri} is closed to ${address}`, expected: 'open to adminNetworks' })),
  ];
}

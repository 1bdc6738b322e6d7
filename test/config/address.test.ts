import { networkOf } from '../../lib/config/address';

describe('networkOf', () => {
  it.each([
    ['203.0.113.7/24', '203.0.113.0/24', false],
    ['203.0.113.0/24', '203.0.113.0/24', true],
    ['198.18.7.255/22', '198.18.4.0/22', false],
    ['198.18.4.7/32', '198.18.4.7/32', true],
    ['2001:db8:0:8000::1/49', '2001:db8:0:8000::/49', false],
    ['2001:DB8::/32', '2001:db8::/32', true],
    ['2001:db8:1:2:3:4:5:6/64', '2001:db8:1:2::/64', false],
    ['::ffff:203.0.113.7/120', '::ffff:cb00:7100/120', false],
  ])('of %s is %s', (cidr, network, sameAddress) => {
    expect(networkOf(cidr)).toEqual({ network, sameAddress });
  });
});

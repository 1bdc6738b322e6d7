import { layoutOf } from '../../../lib/constructs/network/layout';

it.each([
  ['10.0.0.0/16', 18, 21, ['10.0.192.0/21', '10.0.200.0/21', '10.0.208.0/21']],
  ['10.20.16.0/20', 22, 25, ['10.20.28.0/25', '10.20.28.128/25', '10.20.29.0/25']],
])('cuts %s', (cidr, privateMask, smallMask, publicRanges) => {
  expect(layoutOf(cidr)).toEqual({ privateMask, smallMask, publicRanges });
});

it('begins at the network, as AWS does, when the address has host bits', () => {
  expect(layoutOf('10.0.5.0/16')).toEqual(layoutOf('10.0.0.0/16'));
});

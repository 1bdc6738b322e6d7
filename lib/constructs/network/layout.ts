/** Zones that addresses are set aside for, so that a third zone later moves no subnet. */
export const MOST_ZONES = 3;

/**
 * How the VPC's range is cut, the same way whatever its size:
 *
 *     quarter 1  quarter 2  quarter 3  quarter 4
 *     private 1  private 2  private 3  public 1–3, isolated 1–3, two eighths spare
 *
 * Private subnets hold every task and function, so they get the room: 1,019 addresses each in the smallest VPC (/20),
 * where a public or isolated one has 123.
 */
export interface Layout {
  /** Prefix length of a private subnet. */
  readonly privateMask: number;
  /** Prefix length of a public or an isolated subnet. */
  readonly smallMask: number;
  /** Ranges of the public subnets, by zone. */
  readonly publicRanges: readonly string[];
}

/** Cuts a range such as `10.0.0.0/16`; the schema admits /16 to /20. */
export function layoutOf(cidr: string): Layout {
  const [address = '', prefix = ''] = cidr.split('/');
  const size = 2 ** (32 - Number(prefix));
  const first = Math.floor(toNumber(address) / size) * size;
  const small = size / 32;
  const smallMask = Number(prefix) + 5;
  return {
    privateMask: Number(prefix) + 2,
    smallMask,
    publicRanges: Array.from(
      { length: MOST_ZONES },
      (_, zone) => `${toAddress(first + (size / 4) * 3 + small * zone)}/${smallMask}`,
    ),
  };
}

const toNumber = (address: string): number => address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);

const toAddress = (value: number): string => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');

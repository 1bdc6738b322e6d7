/** A network, and whether it was written by its own first address. */
export interface WholeNetwork {
  /** In CIDR notation, with every bit beyond the prefix at 0. */
  readonly network: string;
  /** False when the address that it was written with has bits beyond the prefix. */
  readonly sameAddress: boolean;
}

/**
 * The network that an address in CIDR notation stands for: `203.0.113.0/24` for `203.0.113.7/24`.
 *
 * @param cidr an IPv4 or IPv6 address, a slash and a prefix length, as the schema accepts them
 */
export function networkOf(cidr: string): WholeNetwork {
  const [address = '', prefix = ''] = cidr.split('/');
  const { parts, bits } = address.includes(':')
    ? groupsOf(address)
    : { parts: address.split('.').map(Number), bits: 8 };
  const masked = parts.map((part, index) => {
    const kept = Math.min(bits, Math.max(0, Number(prefix) - index * bits));
    const unit = 2 ** (bits - kept);
    return Math.floor(part / unit) * unit;
  });
  const text = bits === 8 ? masked.join('.') : compressed(masked.map((part) => part.toString(16)).join(':'));
  return { network: `${text}/${prefix}`, sameAddress: parts.every((part, index) => part === masked[index]) };
}

/** An IPv6 address in its shortest form, in hexadecimal throughout, as the URL standard writes it. */
const compressed = (address: string): string => new URL(`http://[${address}]`).hostname.slice(1, -1);

function groupsOf(address: string): { readonly parts: readonly number[]; readonly bits: 16 } {
  const [before = '', after = ''] = compressed(address).split('::');
  const [left, right] = [before, after].map((half) => (half === '' ? [] : half.split(':'))) as [string[], string[]];
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return { parts: [...left, ...zeros, ...right].map((group) => Number.parseInt(group, 16)), bits: 16 };
}

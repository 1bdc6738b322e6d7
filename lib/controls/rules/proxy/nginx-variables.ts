import { BlockList, isIP } from 'node:net';
import type { Directive } from './nginx-file';

/** What nginx itself knows of a request: `uri`, `request_method`, `http_origin` … by name without the dollar. */
export type RequestVariables = Readonly<Record<string, string>>;

/** Variables that nginx has for every request, empty where the request lacks them or a rule has no use for them. */
const BUILT_IN =
  /^(http|arg|sent_http|cookie|upstream_http)_\w+$|^(uri|request|request_uri|args|is_args|request_method|request_id|request_time|request_length|remote_addr|binary_remote_addr|remote_user|status|body_bytes_sent|server_name|server_protocol|host|scheme|content_length|content_type|limit_req_status|proxy_add_x_forwarded_for|proxy_host|query_string|document_root|document_uri|request_filename|realpath_root|remote_port|realip_remote_addr|server_addr|server_port|connection|hostname|nginx_version|pid|request_body|ssl_protocol|ssl_cipher|msec|time_iso8601|upstream_(status|response_time|connect_time|header_time|addr))$/;

/** A variable in a text, in braces or without. */
const VARIABLE = /\$(?:\{(\w+)\}|([a-zA-Z_]\w*))/g;

/** Names of the variables in a text. */
export const variablesIn = (text: string): readonly string[] =>
  /\$[{a-z_]/i.test(text) ? [...text.matchAll(VARIABLE)].map(([, braced, plain]) => (braced ?? plain) as string) : [];

/**
 * Tells what the variables of a configuration become for a request, by its `map` and `geo` blocks, so that a rule can
 * judge what the file does rather than how it says it.
 */
export class NginxVariables {
  private readonly blocks = new Map<string, Directive>();
  private readonly known = new WeakMap<RequestVariables, Map<string, string>>();

  constructor(http: readonly Directive[]) {
    for (const each of http) {
      const variable = each.name === 'map' ? each.args[1] : each.name === 'geo' ? each.args.at(-1) : undefined;
      if (variable === undefined) continue;
      if (this.blocks.has(variable)) throw new Error(`line ${each.line}: ${variable} is told twice`);
      this.blocks.set(variable, each);
      if (each.name === 'map') tableOf(each);
      else for (const { name, line } of each.block ?? []) refuseParameter(name, line);
    }
  }

  /** Whether nginx or the file has such a variable. */
  has(name: string): boolean {
    return this.blocks.has(`$${name}`) || BUILT_IN.test(name);
  }

  /** A text with its variables replaced. @throws for a variable that neither nginx nor the file has */
  text(text: string, request: RequestVariables): string {
    const known = this.known.get(request) ?? new Map<string, string>();
    this.known.set(request, known);
    const value = known.get(text) ?? this.resolve(text, request, new Map());
    known.set(text, value);
    return value;
  }

  private resolve(text: string, request: RequestVariables, captured: Map<string, string>): string {
    if (!text.includes('$')) return text;
    return text.replace(VARIABLE, (_, braced?: string, plain?: string) =>
      this.variable((braced ?? plain) as string, request, captured),
    );
  }

  private variable(name: string, request: RequestVariables, captured: Map<string, string>): string {
    const block = this.blocks.get(`$${name}`);
    if (block) return block.name === 'geo' ? this.geo(block, request) : this.map(block, request, captured);
    const value = captured.get(name) ?? request[name];
    if (value !== undefined) return value;
    if (BUILT_IN.test(name)) return '';
    throw new Error(`$${name} is told nowhere`);
  }

  private map(block: Directive, request: RequestVariables, captured: Map<string, string>): string {
    const source = this.resolve(block.args[0] as string, request, captured);
    const { value, groups } = tableOf(block).find(source);
    for (const [name, part] of Object.entries(groups)) captured.set(name, part ?? '');
    return this.resolve(value, request, captured);
  }

  /** The narrowest network that holds the address. */
  private geo({ args, block = [] }: Directive, request: RequestVariables): string {
    const source = args.length > 1 ? (args[0] as string).slice(1) : 'remote_addr';
    const address = request[source] ?? '';
    const holding = block
      .filter(({ name }) => name !== 'default' && holds(name, address))
      .sort((a, b) => prefixOf(b.name) - prefixOf(a.name));
    return (holding[0] ?? block.find(({ name }) => name === 'default'))?.args[0] ?? '';
  }
}

/** What would read entries from elsewhere, or read them in another way than here. */
const PARAMETERS = new Set(['include', 'hostnames', 'ranges', 'proxy', 'proxy_recursive', 'delete', 'volatile']);

function refuseParameter(key: string, line: number): void {
  if (PARAMETERS.has(key)) throw new Error(`line ${line}: ${key} is not understood`);
}

interface Choice {
  readonly value: string;
  /** What the expression named in the source. */
  readonly groups: Readonly<Record<string, string | undefined>>;
}

/** The entries of a `map`: texts are compared first, without regard to case; then expressions in their order. */
class MapTable {
  private readonly texts = new Map<string, string>();
  private readonly expressions: { readonly regex: RegExp; readonly value: string }[] = [];
  private readonly chosen = new Map<string, Choice>();
  private fallback: string | undefined;

  constructor(block: readonly Directive[]) {
    for (const { name: key, args, line } of block) {
      if (key === 'volatile' && args.length === 0) continue;
      refuseParameter(key, line);
      if (args.length !== 1) throw new Error(`line ${line}: ${key} has ${args.length} values`);
      const value = args[0] as string;
      const text = key.replace(/^\\/, '').toLowerCase();
      if (key === 'default' && this.fallback !== undefined) throw new Error(`line ${line}: default is told twice`);
      if (key === 'default') this.fallback = value;
      else if (key.startsWith('~')) this.expressions.push({ regex: expression(key), value });
      else if (this.texts.has(text)) throw new Error(`line ${line}: ${key} is told twice`);
      else this.texts.set(text, value);
    }
  }

  find(source: string): Choice {
    const choice = this.chosen.get(source) ?? this.choose(source);
    this.chosen.set(source, choice);
    return choice;
  }

  private choose(source: string): Choice {
    const text = this.texts.get(source.toLowerCase());
    if (text !== undefined) return { value: text, groups: {} };
    for (const { regex, value } of this.expressions) {
      const match = regex.exec(source);
      if (match) return { value, groups: match.groups ?? {} };
    }
    return { value: this.fallback ?? '', groups: {} };
  }
}

/** Made once for all files that have the same entries, and with it what they chose. */
const tables = new Map<string, MapTable>();
const tablesByBlock = new WeakMap<Directive, MapTable>();

function tableOf(map: Directive): MapTable {
  const known = tablesByBlock.get(map);
  if (known) return known;
  const block = map.block ?? [];
  const written = block.map(({ name, args }) => [name, ...args].join('\0')).join('\n');
  const table = tables.get(written) ?? new MapTable(block);
  tables.set(written, table);
  tablesByBlock.set(map, table);
  return table;
}

/** A key such as `~*^/admin`. PCRE takes flags at the head of the pattern, which JavaScript wants apart. */
function expression(key: string): RegExp {
  const [, insensitive, head = '', body = ''] = /^~(\*?)(?:\(\?([a-z]+)\))?(.*)$/s.exec(key) ?? [];
  return new RegExp(body, `${insensitive ? 'i' : ''}${head}`);
}

const prefixOf = (network: string): number => Number(network.split('/')[1] ?? 128);

/** Whether a network such as `10.0.0.0/16` holds an address of its family. */
export function holds(network: string, address: string): boolean {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  const list = listOf(network);
  return list?.family === family && isIP(address) !== 0 && list.addresses.check(address, family);
}

interface Network {
  readonly family: 'ipv4' | 'ipv6';
  readonly addresses: BlockList;
}

const networks = new Map<string, Network | undefined>();

function listOf(network: string): Network | undefined {
  if (!networks.has(network)) networks.set(network, read(network));
  return networks.get(network);
}

function read(network: string): Network | undefined {
  const [base = '', prefix] = network.split('/');
  const family = isIP(base) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(base) === 0) return undefined;
  const addresses = new BlockList();
  addresses.addSubnet(base, Number(prefix ?? (family === 'ipv6' ? 128 : 32)), family);
  return { family, addresses };
}

import { BlockList, isIP } from 'node:net';
import type { Directive } from './nginx-file';

/** What nginx itself knows of a request: `uri`, `request_method`, `http_origin` … by name without the dollar. */
export type RequestVariables = Readonly<Record<string, string>>;

/** Variables that nginx has for every request, empty where the request lacks them. */
const BUILT_IN =
  /^(http|arg|sent_http|cookie|upstream|upstream_http)_|^(uri|request_uri|args|request_method|remote_addr|binary_remote_addr|status|server_name|host|scheme|limit_req_status|ssl_protocol|request_id|is_args|server_protocol|msec|time_iso8601|request_length|content_length|content_type|remote_user)$/;

/**
 * Tells what the variables of a configuration become for a request, by its `map` and `geo` blocks, so that a rule can
 * judge what the file does rather than how it says it.
 */
export class NginxVariables {
  private readonly blocks = new Map<string, Directive>();

  constructor(http: readonly Directive[]) {
    for (const each of http) {
      const variable = each.name === 'map' ? each.args[1] : each.name === 'geo' ? each.args.at(-1) : undefined;
      if (variable === undefined) continue;
      if (this.blocks.has(variable)) throw new Error(`line ${each.line}: ${variable} is told twice`);
      this.blocks.set(variable, each);
    }
  }

  /** A text with its variables replaced. @throws for a variable that neither nginx nor the file has */
  text(text: string, request: RequestVariables): string {
    return this.resolve(text, request, new Map());
  }

  private resolve(text: string, request: RequestVariables, captured: Map<string, string>): string {
    return text.replace(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced?: string, plain?: string) =>
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

  /** Texts are compared first, without regard to case; then expressions in their order. */
  private map(block: Directive, request: RequestVariables, captured: Map<string, string>): string {
    const source = this.resolve(block.args[0] as string, request, captured);
    const told = (block.block ?? []).filter(({ name, args }) => name !== 'volatile' || args.length > 0);
    const entries = told.map(({ name, args, line }) => {
      if (args.length !== 1) throw new Error(`line ${line}: ${name} has ${args.length} values`);
      return { key: name, value: args[0] as string };
    });
    const exact = entries.find(
      ({ key }) => !isSpecial(key) && key.replace(/^\\/, '').toLowerCase() === source.toLowerCase(),
    );
    if (exact) return this.resolve(exact.value, request, captured);
    for (const { key, value } of entries) {
      const match = key.startsWith('~') ? expression(key).exec(source) : null;
      if (!match) continue;
      for (const [name, part] of Object.entries(match.groups ?? {})) captured.set(name, part ?? '');
      return this.resolve(value, request, captured);
    }
    const fallback = entries.find(({ key }) => key === 'default');
    return fallback ? this.resolve(fallback.value, request, captured) : '';
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

const isSpecial = (key: string): boolean => key === 'default' || key.startsWith('~');

/** A key such as `~*^/admin`. PCRE takes flags at the head of the pattern, which JavaScript wants apart. */
function expression(key: string): RegExp {
  const [, insensitive, head = '', body = ''] = /^~(\*?)(?:\(\?([a-z]+)\))?(.*)$/s.exec(key) ?? [];
  return new RegExp(body, `${insensitive ? 'i' : ''}${head}`);
}

const prefixOf = (network: string): number => Number(network.split('/')[1] ?? 128);

/** Whether a network such as `10.0.0.0/16` holds an address of its family. */
export function holds(network: string, address: string): boolean {
  const [base = '', prefix] = network.split('/');
  const family = isIP(base) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(base) === 0 || isIP(base) !== isIP(address)) return false;
  const list = new BlockList();
  list.addSubnet(base, Number(prefix ?? (family === 'ipv6' ? 128 : 32)), family);
  return list.check(address, family);
}

import type { Finding } from '../../control';
import type { Guard } from '../../expect';
import { asList, asObject, type EnvironmentView, type ImageFolder, type JsonObject } from '../../view';
import { type Container, containersOf, fault, hasRole, TASK_DEFINITION } from '../compute/containers';
import { type Directive, everyDirective, parseNginx } from './nginx-file';
import { holds, NginxVariables, type RequestVariables, variablesIn } from './nginx-variables';

/** Where the service writes down what the environment asks of its proxy. */
export const PROMISES_METADATA = 'Breakwater::Proxy';

/** The proxy of one task, as its image will be built. */
export interface RenderedProxy {
  readonly container: Container;
  readonly folder: ImageFolder;
  /** What the environment asks of it, as the task's metadata says. */
  readonly promises: Promises;
  /** The file, from its outermost directives. */
  readonly file: readonly Directive[];
  /** Every directive of the file, however deep. */
  readonly every: readonly Directive[];
  /** Directives of `http`. */
  readonly http: readonly Directive[];
  /** Servers, in the order of the file. */
  readonly servers: readonly Directive[];
  /** What a variable, with its dollar, becomes for a request. */
  readonly value: (variable: string, request: RequestVariables) => string;
}

/** The environment's own words about its proxy; empty where they are missing, which `proxy-promised` refuses. */
export interface Promises {
  readonly name: string;
  readonly loadBalancerNetwork: string;
  readonly port: number;
  /** The app's whole health first, for people; then what the load balancer may ask. */
  readonly healthPaths: readonly string[];
  readonly loginPaths: readonly string[];
  readonly apiPaths: readonly string[];
  readonly adminPaths: readonly string[];
  readonly adminNetworks: readonly string[];
  readonly staticPaths: readonly string[];
  readonly origins: readonly string[];
  /** Numbers by name: `loginsPerMinute`, `writesPerMinute`, `requestsPerHour`, `bodyKiB`, `headerKiB`. */
  readonly limits: Readonly<Record<string, number>>;
}

/** What is wrong with a proxy's file, and on which line. */
export interface FileFault {
  /** The directive at fault; nothing for one that is missing. */
  readonly at?: Directive;
  readonly found: string;
  readonly expected: string;
}

/** Every proxy whose image is built here, with a file that can be read: `proxy-image-kept` refuses what is neither. */
export function proxiesOf(environment: EnvironmentView): readonly RenderedProxy[] {
  return containersOf(environment)
    .filter(hasRole('proxy'))
    .flatMap((container) => {
      const folder = environment.imageFolder(container.body.Image);
      const text = folder?.text('nginx.conf');
      if (folder === undefined || text === undefined || unreadable(text) !== undefined) return [];
      return [read(container, folder, text)];
    });
}

/** Why nginx would not start with a file; nothing when it can be read. */
export function unreadable(text: string): string | undefined {
  try {
    files.set(text, files.get(text) ?? parsed(text));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Read once: many controls ask about the same file. */
const files = new Map<string, Pick<RenderedProxy, 'file' | 'every' | 'http' | 'servers' | 'value'>>();

function read(container: Container, folder: ImageFolder, text: string): RenderedProxy {
  const known = files.get(text) ?? parsed(text);
  return { container, folder, promises: promisesOf(container), ...known };
}

function parsed(text: string): Pick<RenderedProxy, 'file' | 'every' | 'http' | 'servers' | 'value'> {
  const file = parseNginx(text);
  const http = named(file, 'http').flatMap(({ block }) => block ?? []);
  const variables = new NginxVariables(http);
  const every = everyDirective(file);
  allTold(every, variables);
  return {
    file,
    every,
    http,
    servers: named(http, 'server'),
    value: (variable, request) => variables.text(variable, request),
  };
}

/** @throws for a variable that neither nginx nor the file has: nginx would not start */
function allTold(every: readonly Directive[], variables: NginxVariables): void {
  const captured = new Set(every.flatMap(({ name, args }) => [name, ...args].flatMap(groupsIn)));
  for (const { name, args, line } of every) {
    const used = name === 'map' || name === 'geo' ? args.slice(0, -1) : args;
    for (const variable of used.flatMap(variablesIn)) {
      if (!variables.has(variable) && !captured.has(variable)) {
        throw new Error(`line ${line}: $${variable} is told nowhere`);
      }
    }
  }
}

/** What an expression names in what it fits. */
const groupsIn = (key: string): readonly string[] =>
  key.startsWith('~') && key.includes('(?<')
    ? [...key.matchAll(/\(\?<(\w+)>/g)].map(([, group]) => group as string)
    : [];

function promisesOf({ task }: Container): Promises {
  const stated = asObject(task.metadata[PROMISES_METADATA]);
  const texts = (name: string): readonly string[] => asList(stated[name]).map(String);
  return {
    name: String(stated.name ?? ''),
    loadBalancerNetwork: String(stated.loadBalancerNetwork ?? ''),
    port: Number(stated.port ?? 0),
    healthPaths: texts('healthPaths'),
    loginPaths: texts('loginPaths'),
    apiPaths: texts('apiPaths'),
    adminPaths: texts('adminPaths'),
    adminNetworks: texts('adminNetworks'),
    staticPaths: texts('staticPaths'),
    origins: texts('origins'),
    limits: asObject(stated.limits) as JsonObject & Record<string, number>,
  };
}

/** Guards what the rendered configuration of every proxy says. */
export function guardProxy(judge: (proxy: RenderedProxy, environment: EnvironmentView) => readonly FileFault[]): Guard {
  return {
    protects: [{ type: TASK_DEFINITION, properties: ['ContainerDefinitions.Image'] }],
    check: (environment) =>
      proxiesOf(environment).flatMap((proxy) =>
        judged(() => judge(proxy, environment)).map((each) => findingOf(proxy.container, each)),
      ),
  };
}

/** What can't be judged is not let through. */
function judged(judge: () => readonly FileFault[]): readonly FileFault[] {
  try {
    return judge();
  } catch (error) {
    return [{ found: (error as Error).message, expected: 'what a control can judge' }];
  }
}

/** A fault as a finding: the line of the file stands with what was found. */
const findingOf = (container: Container, { at, found, expected }: FileFault): Finding =>
  fault(container, 'Image', `${at === undefined ? 'nginx.conf' : `nginx.conf:${at.line}`}: ${found}`, expected);

/** Directives of a name. */
export const named = (directives: readonly Directive[], name: string): readonly Directive[] =>
  directives.filter((each) => each.name === name);

/** A directive as it is written, without its block. */
export const written = ({ name, args }: Directive): string => [name, ...args].join(' ');

/** A directive that must stand in `http`, and be told otherwise nowhere else in the file. */
export function throughout(
  { http, every }: Pick<RenderedProxy, 'http' | 'every'>,
  name: string,
  wanted: string | { readonly words: string; readonly fits: (args: string) => boolean },
): readonly FileFault[] {
  const { words, fits } =
    typeof wanted === 'string' ? { words: wanted, fits: (args: string) => args === wanted } : wanted;
  const expected = `${name} ${words}`;
  const wrong = named(every, name).filter(({ args }) => !fits(args.join(' ')));
  const absent = named(http, name).length === 0 ? [{ found: `no ${name}`, expected }] : [];
  return [...absent, ...wrong.map((at) => ({ at, found: written(at), expected }))];
}

/** The server for the environment's own name. */
export const ownServer = ({ servers, promises }: RenderedProxy): readonly Directive[] =>
  servers.find(({ block = [] }) => named(block, 'server_name').some(({ args }) => args.join(' ') === promises.name))
    ?.block ?? [];

/** The location of a server that opens so, such as `/` or `^~ /static/`. */
export const locationOf = (server: readonly Directive[], opening: string): readonly Directive[] | undefined =>
  named(server, 'location').find(({ args }) => args.join(' ') === opening)?.block;

/** The locations that answer to the world, by what opens them. */
export function answering(proxy: RenderedProxy): readonly (readonly [opening: string, block: readonly Directive[]])[] {
  const server = ownServer(proxy);
  return ['/', ...staticPrefixes(proxy.promises).map((prefix) => `^~ ${prefix}`)].map(
    (opening) => [opening, locationOf(server, opening) ?? []] as const,
  );
}

/** The static paths with one slash at their end, as locations have them. */
export const staticPrefixes = ({ staticPaths }: Promises): readonly string[] =>
  staticPaths.map((path) => `${path.replace(/\/+$/, '')}/`);

/** Names that a header's value may come under: one directive in `http`, for every answer. */
export function headerValue({ http }: RenderedProxy, header: string): string | undefined {
  const [only, ...more] = named(http, 'add_header').filter(
    ({ args }) => args[0]?.toLowerCase() === header.toLowerCase(),
  );
  return more.length > 0 || only?.args[2] !== 'always' ? undefined : only.args[1];
}

/** The status with which a location answers by itself, by its conditions in their order; nothing when it goes on. */
export function refusalOf(
  { value }: RenderedProxy,
  location: readonly Directive[],
  request: RequestVariables,
): number | undefined {
  for (const directive of location) {
    const holds = directive.name === 'if' && isTrue(directive, (variable) => value(variable, request));
    const [answer] = directive.name === 'return' ? [directive] : holds ? named(directive.block ?? [], 'return') : [];
    if (answer) return Number(answer.args[0]);
  }
  return undefined;
}

/** Whether `if ($variable)`, `if ($variable = text)` or `if ($variable = "")` is true. */
function isTrue({ args, line }: Directive, value: (variable: string) => string): boolean {
  const [, variable = '', compared, text = ''] = /^\((\$\w+)( = (.*?) ?)?\)$/.exec(args.join(' ')) ?? [];
  if (variable === '') throw new Error(`line ${line}: if ${args.join(' ')} is not understood`);
  const found = value(variable);
  return compared === undefined ? found !== '' && found !== '0' : found === text.trim();
}

/** A request for a path, as nginx sees it: resolved and as it was sent. */
export const requestFor = (uri: string, more: RequestVariables = {}): RequestVariables => ({
  uri,
  request_uri: uri,
  request_method: 'GET',
  server_protocol: 'HTTP/1.1',
  remote_addr: '198.51.100.7',
  ...more,
});

/** One of them is a stranger to any sensible list of networks. */
const STRANGERS = ['198.51.100.7', '192.0.2.1', '8.8.8.8', '10.0.0.9', '2001:db8:ffff::7'];

/** Addresses outside of the networks that may see admin pages. */
export const strangersTo = ({ adminNetworks }: Promises): readonly string[] =>
  STRANGERS.filter((address) => !adminNetworks.some((network) => holds(network, address)));

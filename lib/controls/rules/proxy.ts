import type { Finding } from '../control';
import type { Guard } from '../expect';
import type { EnvironmentView, ImageFolder } from '../view';
import { type Container, containersOf, fault, hasRole, TASK_DEFINITION } from './containers';
import { type Directive, everyDirective, parseNginx } from './nginx-file';

/** The proxy of one task, as its image will be built. */
export interface Proxy {
  readonly container: Container;
  readonly folder: ImageFolder;
  /** Directives of `http`. */
  readonly http: readonly Directive[];
  /** Servers, in the order of the file. */
  readonly servers: readonly Directive[];
  /** Every directive of the file. */
  readonly every: readonly Directive[];
}

/** What is wrong with a proxy's file, and on which line. */
export interface FileFault {
  /** The directive at fault; nothing for one that is missing. */
  readonly at?: Directive;
  readonly found: string;
  readonly expected: string;
}

/** Every proxy whose image is built here. That there is one is for `proxy-image-kept` to say. */
export function proxiesOf(environment: EnvironmentView): readonly Proxy[] {
  return containersOf(environment)
    .filter(hasRole('proxy'))
    .flatMap((container) => {
      const folder = environment.imageFolder(container.body.Image);
      const text = folder?.text('nginx.conf');
      return folder === undefined || text === undefined ? [] : [read(container, folder, text)];
    });
}

function read(container: Container, folder: ImageFolder, text: string): Proxy {
  const file = parseNginx(text);
  const http = file.filter(({ name }) => name === 'http').flatMap(({ block }) => block ?? []);
  return { container, folder, http, servers: named(http, 'server'), every: everyDirective(file) };
}

/** Guards what the rendered configuration of every proxy says. */
export function guardProxy(judge: (proxy: Proxy, environment: EnvironmentView) => readonly FileFault[]): Guard {
  return {
    protects: [{ type: TASK_DEFINITION, properties: ['ContainerDefinitions.Image'] }],
    check: (environment) =>
      proxiesOf(environment).flatMap((proxy) =>
        judge(proxy, environment).map((each) => findingOf(proxy.container, each)),
      ),
  };
}

/** A fault as a finding: the line of the file stands with what was found. */
export const findingOf = (container: Container, { at, found, expected }: FileFault): Finding =>
  fault(container, 'Image', `${at === undefined ? 'nginx.conf' : `nginx.conf:${at.line}`}: ${found}`, expected);

/** Directives of a name. */
export const named = (directives: readonly Directive[], name: string): readonly Directive[] =>
  directives.filter((each) => each.name === name);

/** A directive as it is written, without its block. */
export const written = ({ name, args }: Directive): string => [name, ...args].join(' ');

import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { UserError } from '../shared/command';

/** Variable that names another binary than the one on the PATH. */
const NGINX_VARIABLE = 'BREAKWATER_NGINX';
/** Where distributions put it, which is not on everybody's PATH. */
const USUAL_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/opt/homebrew/bin'];
/** The oldest release that knows every directive of the rendered file. */
const OLDEST = [1, 22] as const;

/** nginx on this machine. */
export interface NginxBinary {
  readonly path: string;
  /** Such as `1.22.1`. */
  readonly version: string;
}

/**
 * Finds nginx: what `BREAKWATER_NGINX` names, else on the PATH, else in the usual folders.
 *
 * @throws UserError that says what to install when there is none, or when it is too old or lacks a module
 */
export function findNginx(variables: NodeJS.ProcessEnv = process.env): NginxBinary {
  const named = variables[NGINX_VARIABLE];
  const path = named ?? executable('nginx', variables);
  if (path === undefined)
    throw new UserError(
      `nginx is not installed. Expected nginx ${OLDEST.join('.')} or later on the PATH, for example from \`apt-get install nginx\` or \`brew install nginx\`, or ${NGINX_VARIABLE}=/path/to/nginx.`,
    );
  const { stderr, error } = spawnSync(path, ['-V'], { encoding: 'utf8' });
  const version = /nginx version: \S+?\/(\d+\.\d+\.\d+)/.exec(stderr ?? '')?.[1];
  if (error || version === undefined)
    throw new UserError(
      `'${path}' does not run as nginx${error ? `: ${error.message}` : ''}. Expected the path of its binary, for example ${NGINX_VARIABLE}=/usr/sbin/nginx.`,
    );
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]))
    throw new UserError(`'${path}' is nginx ${version}. Expected ${OLDEST.join('.')} or later, for example 1.30.4.`);
  const missing = ['http_ssl', 'http_realip', 'http_v2'].filter(
    (module) => !stderr.includes(`--with-${module}_module`),
  );
  if (missing.length > 0)
    throw new UserError(
      `'${path}' was built without ${missing.join(', ')}. Expected a build with TLS, real addresses and HTTP/2, for example Debian's package nginx.`,
    );
  return { path, version };
}

/** The path of a program, looked for as a shell does and then in the usual folders. */
export function executable(name: string, variables: NodeJS.ProcessEnv = process.env): string | undefined {
  const folders = [...(variables.PATH ?? '').split(delimiter).filter(Boolean), ...USUAL_FOLDERS];
  return folders.map((folder) => join(folder, name)).find(runs);
}

function runs(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

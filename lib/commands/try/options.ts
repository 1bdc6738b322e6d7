import type { Environment } from '../../config/schema';
import { type Call, textOption, UserError } from '../shared/command';
import { environmentNamed, environmentsNamed } from '../shared/environments';

/** What somebody asked for. */
export interface TryOptions {
  readonly environment: Environment;
  /** Address of the user's app. @default - the sample application */
  readonly app?: URL;
  /** @default - the usual one, or a free one */
  readonly port?: number;
  readonly plain: boolean;
  readonly check: boolean;
  readonly json: boolean;
}

/** @throws UserError with every mistake in the options */
export function optionsOf(call: Call): TryOptions {
  const mistakes: string[] = [];
  const attempt = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      mistakes.push(error.message);
      return undefined;
    }
  };
  const app = attempt(() => appOf(textOption(call, 'app')));
  const port = attempt(() => portOf(textOption(call, 'port')));
  const environment = attempt(() => environmentOf(textOption(call, 'env')));
  const plain = call.options.plain === true;
  if (plain && call.options.app !== undefined)
    mistakes.push('--plain: it is about the sample application. Leave --plain or --app out.');
  if (environment === undefined || mistakes.length > 0) throw new UserError(mistakes.join('\n'));
  return { environment, app, port, plain, check: call.options.check === true, json: call.options.json === true };
}

/** The environment by its name; without one the production environment, or the first there is. */
function environmentOf(name: string | undefined): Environment {
  if (name !== undefined) return environmentNamed(name);
  const all = environmentsNamed([]);
  const chosen = all.find(({ tier }) => tier === 'production') ?? all[0];
  if (!chosen)
    throw new UserError('There is no environment in lib/config/environments. Expected one, such as prod.ts.');
  return chosen;
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535) return Number(text);
  throw new UserError(`--port: '${text}' is no port. Expected a whole number from 1 to 65535, for example 8443.`);
}

function appOf(text: string | undefined): URL | undefined {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const wrong = url ? whatIsWrongWith(url) : 'is no address';
  if (url && wrong === undefined) return url;
  // A login that somebody put there by mistake is not repeated.
  const found = url?.password ? '(hidden)' : text;
  throw new UserError(
    `--app: '${found}' ${wrong}. Expected where your app listens, for example http://127.0.0.1:8000.`,
  );
}

function whatIsWrongWith(url: URL): string | undefined {
  const wrongs: readonly (readonly [boolean, string])[] = [
    [url.protocol === 'https:', 'is HTTPS, and the proxy speaks HTTP to the app, as it does in a task'],
    [url.protocol !== 'http:', 'is no http:// address'],
    [url.username + url.password !== '', 'has a login in it'],
    [url.pathname !== '/' || url.search + url.hash !== '', 'has a path; the whole app goes behind the proxy'],
  ];
  return wrongs.find(([is]) => is)?.[1];
}

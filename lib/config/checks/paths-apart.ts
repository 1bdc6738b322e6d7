import type { Environment } from '../schema';
import type { Check, Refusal } from './check';

interface Place {
  readonly path: Refusal['path'];
  readonly url: string;
}

/** Each address has one meaning: a health check behind the admin fence, or a login served from disk, never works. */
export const pathsApart: Check = ({ app }) => {
  const health = healthOf(app);
  const fenced = list(app.adminPaths, 'adminPaths');
  const fromDisk = app.staticFiles.map(
    ({ path }, index): Place => ({ path: ['app', 'staticFiles', index, 'path'], url: path }),
  );
  const logins = list(app.loginPaths, 'loginPaths');
  return [
    ...same(health, 'each health address has a meaning of its own'),
    ...clash(health, fenced, below, 'only app.adminNetworks may open it, so the load balancer could not'),
    ...clash(health, logins, equal, 'logins are limited to a few a minute'),
    ...clash(health, fromDisk, below, 'the proxy answers it from disk, even when the app is down'),
    ...clash(logins, fromDisk, below, 'the proxy answers it from disk'),
    ...clash(fenced, fromDisk, below, 'the proxy answers it from disk, to everybody'),
    ...clash(fromDisk, fenced, below, 'only the admin networks may open it'),
    ...clash(fromDisk, list(app.apiPaths, 'apiPaths'), below, 'it belongs to the API'),
    ...roots([...fenced, ...fromDisk]),
  ];
};

const healthOf = ({ health }: Environment['app']): readonly Place[] =>
  (['path', 'liveness', 'readiness'] as const).map((key) => ({ path: ['app', 'health', key], url: health[key] }));

const list = (urls: readonly string[], field: string): readonly Place[] =>
  urls.map((url, index) => ({ path: ['app', field, index], url }));

const equal = (url: string, other: string): boolean => url === other;

/** Whether an address lies under a prefix; `/admin` and `/admin/` cover the same. */
function below(url: string, prefix: string): boolean {
  const folder = prefix.endsWith('/') ? prefix : `${prefix}/`;
  return folder !== '/' && `${url}/`.startsWith(folder);
}

function clash(
  places: readonly Place[],
  others: readonly Place[],
  meet: (url: string, other: string) => boolean,
  because: string,
): readonly Refusal[] {
  return places.flatMap(({ path, url }) =>
    others
      .filter((other) => meet(url, other.url))
      .map((other) => ({
        path,
        expected: `an address outside '${other.url}': ${because}`,
        example: `/x${url}`.replace(/\/{2,}/g, '/'),
      })),
  );
}

function same(places: readonly Place[], because: string): readonly Refusal[] {
  return places
    .filter(({ url }, index) => places.findIndex((other) => other.url === url) < index)
    .map(({ path, url }) => ({
      path,
      expected: `another address than '${url}': ${because}`,
      example: `${url}/${String(path.at(-1))}`,
    }));
}

/** A prefix `/` would take every address. */
const roots = (places: readonly Place[]): readonly Refusal[] =>
  places
    .filter(({ url }) => url === '/')
    .map(({ path }) => ({
      path,
      expected: 'a prefix of its own, since every address begins with /',
      example: '/static/',
    }));

import type { Environment } from '../../config/schema';
import { map, word } from './nginx-words';

const YEAR = 31_536_000;
/** Seconds that a file without a fingerprint in its name may be kept unasked. */
const SHORT = 3600;
/**
 * A fingerprint as bundlers write it: 8 hexadecimal digits or more, with letters and digits among them, so that neither
 * a word nor a date passes for one.
 */
const FINGERPRINT = '(?=[0-9]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{8,64}';

/** The prefix of static files with one slash at its end. */
export const staticPrefix = (path: string): string => `${path.replace(/\/+$/, '')}/`;

/**
 * What caches may keep (row E10). A static file whose name changes with its content is kept for a year without asking
 * again; any other static file for an hour, then it is asked for by its ETag. What the app answers is kept by nobody
 * unless the app says otherwise: it may be somebody's own. Errors are never kept.
 */
export function caching({ app }: Environment): string[] {
  const prefixes = app.staticFiles.map(({ path }) => word(staticPrefix(path)).replaceAll('.', '\\.'));
  const anywhere = `^(?:${prefixes.join('|')})`;
  const fromDisk: (readonly [string, string])[] =
    prefixes.length === 0
      ? []
      : [
          [`"~${anywhere}[^?]*[.-]${FINGERPRINT}\\.[A-Za-z0-9.]+\\?"`, `"public, max-age=${YEAR}, immutable"`],
          [`"~${anywhere}[^?]*\\?(?:v|h|hash|version)=${FINGERPRINT}$"`, `"public, max-age=${YEAR}, immutable"`],
          [`"~${anywhere}"`, `"public, max-age=${SHORT}"`],
        ];
  return [
    ...map('$uri?$args', '$cache_by_name', [...fromDisk, ['default', 'no-store']]),
    ...map('$status', '$cache_by_status', [
      ...['200', '206', '304'].map((status) => [status, '$cache_by_name'] as const),
      ['default', 'no-store'],
    ]),
    ...map('$sent_http_cache_control', '$cache_control', [
      ['""', '$cache_by_status'],
      ['default', '""'],
    ]),
    'add_header Cache-Control $cache_control always;',
  ];
}

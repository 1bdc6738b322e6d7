import { block, map } from './nginx-words';

/** Types that shrink; images, fonts and archives are compressed already. text/html is always among nginx's own. */
const TYPES = [
  'application/javascript',
  'application/json',
  'application/manifest+json',
  'application/problem+json',
  'application/xml',
  'image/svg+xml',
  'text/css',
  'text/csv',
  'text/javascript',
  'text/plain',
  'text/xml',
];
/** Bytes below which a header costs more than compression saves. */
const LEAST = 1024;
/** Beyond it the time grows faster than the size shrinks. */
const LEVEL = 4;

/**
 * Compression (row E09), and the question that BREACH asks of it: whoever can make a victim's browser send requests and
 * watch the lengths of the answers reads a secret out of a page that repeats his own words, if it is compressed. He
 * needs the browser to bring the victim's secret along by itself. So an answer of the app is not compressed when the
 * request came with a cookie or with credentials that a browser adds by itself; one to a bearer token, which a foreign
 * page can't add, or to nobody in particular is. Static files hold no secrets and are always compressed.
 *
 * The app is not asked for compressed answers, so that this stays the one place where it is decided.
 */
export function compression(): string[] {
  return [
    'gzip on;',
    'gzip_vary on;',
    'gzip_proxied any;',
    `gzip_comp_level ${LEVEL};`,
    `gzip_min_length ${LEAST};`,
    `gzip_types ${TYPES.join(' ')};`,
    ...map('$http_authorization', '$ambient_authorization', [
      ['""', '""'],
      ['"~*^bearer "', '""'],
      ['default', '1'],
    ]),
    ...map('$http_cookie', '$ambient_credentials', [
      ['""', '$ambient_authorization'],
      ['default', '1'],
    ]),
  ];
}

/** Lines of the location that asks the app. */
export const uncompressedWithCredentials = (): string[] => block('if ($ambient_credentials)', ['gzip off;']);

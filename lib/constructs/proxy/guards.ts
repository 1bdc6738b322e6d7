import type { Environment } from '../../config/schema';
import { debris } from './debris';
import { PAGES } from './error-pages';
import { below, block, map, word } from './nginx-words';

/**
 * Bytes of a request target. gunicorn refuses request lines over 4,094 bytes, with a page of its own; method and
 * version need the rest.
 */
const TARGET_BYTES = 4000;

/**
 * Spellings of a path that no browser sends and that servers read differently, in the target as it was sent.
 *
 * Dot segments, plain, encoded or with parameters: nginx resolves them before it matches, but the app gets the target
 * as it was sent, so a fenced prefix followed by `/../` would be outside for one and inside for the other. Backslashes,
 * which some servers take for slashes. Control characters, which some drop from the end of a name.
 */
const TWO_MEANINGS = '"~*^[^?#]*(?:\\\\\\\\|%5c|%[01][0-9a-f]|%7f|(?:/|%2f)(?:\\.|%2e){1,2}(?:/|%2f|;|%3b|[?#]|$))"';

/** What apps serve. TRACE and CONNECT nginx refuses by itself; WebDAV and the like reach no app by mistake. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** Why a request is refused before the app hears of it, and with which status. */
const REFUSALS = [
  // As if there was nothing: whoever asks learns nothing.
  ['debris', 404],
  ['spelling', 400],
  ['length', 414],
  ['method', 405],
  // Not 404: the address of an admin page is no secret, and an admin on the wrong network must see what is wrong.
  ['admin', 403],
] as const;

/**
 * Variables that say what is wrong with a request: `$blocked` is the reason in a word, for the access log too. The maps
 * ask each other, the rarest trouble last, and each is asked once a request.
 */
export function guardMaps({ app, adminNetworks }: Environment): string[] {
  return [
    ...map('$uri', '$blocked', [
      // An error that comes before the guards is asked for its reason by the log, when the address is our page's.
      ...Object.values(PAGES).map((page) => [page, '""'] as const),
      [debris(), 'debris'],
      ['default', '$blocked_target'],
    ]),
    ...map('$request_uri', '$blocked_target', [
      [TWO_MEANINGS, 'spelling'],
      [`"~^.{${TARGET_BYTES + 1}}"`, 'length'],
      ['default', '$blocked_method'],
    ]),
    ...map('$request_method', '$blocked_method', [
      ...METHODS.map((method) => [method, '$blocked_version'] as const),
      ['default', 'method'],
    ]),
    // HTTP/0.9 names no version, and has no header that could say who the client is.
    ...map('$server_protocol', '$blocked_version', [
      ['""', 'spelling'],
      ['default', '$blocked_admin'],
    ]),
    ...map('$uri', '$blocked_admin', [
      ...(app.adminPaths.length > 0 ? [[below(app.adminPaths), '$admin_fence'] as const] : []),
      ['default', '""'],
    ]),
    // The address is the client's own: the realip module has put it in place by then. Without networks nobody gets in.
    ...block('geo $admin_fence', ['default admin;', ...adminNetworks.map((network) => `${word(network)} "";`)]),
  ];
}

/** Lines of a location that refuse what is blocked. `return` is the one directive that `if` can't harm. */
export const guards = (): string[] =>
  REFUSALS.flatMap(([reason, status]) => block(`if ($blocked = ${reason})`, [`return ${status};`]));

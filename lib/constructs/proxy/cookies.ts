import { block } from './nginx-words';

/** Anything up to the next attribute or cookie: a comma is part of it, as in a date, unless a blank, a name and `=` follow. */
const PART = '[^;,]*(?:,(?! [^=;, ]+=)[^;,]*)*';

/**
 * Every cookie of the app is Secure, HttpOnly and SameSite=Lax, whatever the app says (row E07): also one that asks for
 * `SameSite=None` or says nothing. One that is Strict stays so. A flag that is there already is not repeated.
 *
 * nginx tells names of cookies apart and nothing else, so the cookie of that name is looked up among all that the app
 * sent, anew for each. Before 1.23 nginx shows only the first of them: the others are Lax there.
 */
export const cookies = (): string[] => [
  ...block('map "$named_cookie $upstream_http_set_cookie" $same_site', [
    'volatile;',
    `"~*^([^ ]+) (?:.*, )?\\1 *=${PART}(?:;${PART})*; *samesite *= *strict *(?:[;,]|$)" samesite=strict;`,
    'default samesite=lax;',
  ]),
  'proxy_cookie_flags "~^(?<named_cookie>.*)$" secure httponly $same_site;',
];

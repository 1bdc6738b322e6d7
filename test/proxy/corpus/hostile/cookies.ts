import { defused, type Hostile, refused, request } from '../case';

const get = (headers: readonly string[]): string => request('GET /page HTTP/1.1', headers);

/** What clients do with Cookie. The proxy keeps no session, so it passes on what is well-formed, byte for byte. */
const passed: readonly Hostile[] = [
  ['twice-same-name', 'Cookie: session=mine; session=theirs'],
  ['prefix-host', 'Cookie: __Host-session=forged'],
  ['dollar-version', 'Cookie: $Version=1; session="a\\"b"; $Path=/'],
  ['quoted-end', 'Cookie: session="a; admin=1"'],
  ['empty-name', 'Cookie: =session=forged'],
  ['no-equals', 'Cookie: session'],
  ['many', `Cookie: ${Array.from({ length: 200 }, (_, index) => `a${index}=b`).join('; ')}`],
  ['sql', "Cookie: session=' OR 1=1 --"],
  ['non-ascii', 'Cookie: session=\xff\xfe'],
].map(([id = '', line = '']) =>
  defused(`cookie-${id}`, 'a cookie that parsers read differently, and only the app reads', get([line]), {
    method: 'GET',
    target: '/page',
    headers: { Cookie: line.slice('Cookie: '.length) },
  }),
);

/** What the app would set: made safe on the way back, whatever it says. */
const SET = 'Set-Cookie';
const weakened: readonly Hostile[] = [
  ['plain', 'session=1'],
  ['samesite-none', 'session=1; SameSite=None'],
  ['insecure-other-case', 'session=1; secure; HTTPONLY; samesite=strict'],
  ['path', 'session=1; Path=/app'],
  ['expires', 'session=1; Expires=Wed, 21 Oct 2037 07:28:00 GMT'],
  ['attribute-look-alike', 'session=1; X-Secure; NotHttpOnly'],
  ['value-look-alike', 'session=Secure-HttpOnly-SameSite'],
].map(([id = '', cookie = '']) => ({
  ...defused(
    `cookie-weak-${id}`,
    `the app sets a cookie without protection: ${cookie}`,
    get([`X-Set-Cookie: ${cookie}`]),
    { method: 'GET', target: '/page' },
  ),
  answers: [
    {
      status: 200,
      headers: {
        [SET]: /^(?=.*; ?secure(;|$))(?=.*; ?httponly(;|$))(?=.*; ?samesite=(lax|strict)(;|$))(?!.*samesite=none).*$/i,
      },
    },
  ],
}));

export const cases: readonly Hostile[] = [
  ...passed,
  ...weakened,
  refused('cookie-nul', 'a cookie that ends early in C', get(['Cookie: session=a\0b'])),
  refused(
    'cookie-bare-cr',
    'a second header behind a carriage return',
    get(['Cookie: session=a\rX-Real-IP: 203.0.113.7']),
  ),
];

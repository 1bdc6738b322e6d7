import type { Environment } from '../../config/schema';
import { block, map, quoted } from './nginx-words';

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
/** Request headers that a script of a named origin may set beyond the harmless ones. */
const REQUEST_HEADERS = 'Authorization, Content-Type, If-Match, If-None-Match, X-CSRFToken, X-Requested-With';
/** Answer headers that it may read beyond the harmless ones. */
const EXPOSED_HEADERS = 'ETag, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-ID';
/** Seconds for which a browser need not ask again. */
const PREFLIGHT_SECONDS = 600;

/** What the proxy alone says: the app's own words would come twice, or be wider. */
export const CORS_HEADERS = [
  'Access-Control-Allow-Origin',
  'Access-Control-Allow-Credentials',
  'Access-Control-Allow-Methods',
  'Access-Control-Allow-Headers',
  'Access-Control-Expose-Headers',
  'Access-Control-Max-Age',
] as const;

/**
 * Scripts of named origins may call the API, and only the API (row E08). An origin is compared whole and answered with
 * our own spelling of it; there are no wildcards.
 *
 * Without `Access-Control-Allow-Credentials`: a named origin calls with a token that it holds. Were cookies allowed, a
 * hole in its pages would act in the session of whoever is logged in here.
 */
export function cors({ app }: Environment): string[] {
  return [
    ...map('$http_origin', '$named_origin', [
      ...app.corsOrigins.map((origin) => [quoted(origin), quoted(origin)] as const),
      ['default', '""'],
    ]),
    ...map('$is_api', '$cors_origin', [
      ['1', '$named_origin'],
      ['default', '""'],
    ]),
    ...preflights(),
    ...map('$cors_origin', '$cors_exposed', [
      ['""', '""'],
      ['default', quoted(EXPOSED_HEADERS)],
    ]),
    // Also where no origin was sent: a cache must not hand that answer to a script, which needs another. What the app
    // says itself is not said again.
    ...map('$is_api', '$vary_of_api', [
      ['1', app.corsOrigins.length > 0 ? 'Origin' : '""'],
      ['default', '""'],
    ]),
    ...map('$sent_http_vary', '$vary', [
      ['"~*(?:^|[ ,])origin(?:[ ,]|$)"', '""'],
      ['default', '$vary_of_api'],
    ]),
    'add_header Access-Control-Allow-Origin $cors_origin always;',
    'add_header Access-Control-Allow-Methods $cors_methods always;',
    'add_header Access-Control-Allow-Headers $cors_headers always;',
    'add_header Access-Control-Max-Age $cors_seconds always;',
    'add_header Access-Control-Expose-Headers $cors_exposed always;',
    'add_header Vary $vary always;',
  ];
}

/** `$preflight` says whether it is one, and of a named origin. The maps ask each other, so other methods ask one. */
function preflights(): string[] {
  const answered = (target: string, value: string) =>
    map('$preflight', target, [
      ['answered', quoted(value)],
      ['default', '""'],
    ]);
  return [
    ...map('$request_method', '$preflight', [
      ['OPTIONS', '$preflight_asked'],
      ['default', '""'],
    ]),
    ...map('$http_access_control_request_method', '$preflight_asked', [
      ['""', '""'],
      ['default', '$preflight_of_origin'],
    ]),
    ...map('$http_origin', '$preflight_of_origin', [
      ['""', '""'],
      ['default', '$preflight_of_api'],
    ]),
    ...map('$is_api', '$preflight_of_api', [
      ['1', '$preflight_answer'],
      ['default', '""'],
    ]),
    ...map('$named_origin', '$preflight_answer', [
      ['""', 'refused'],
      ['default', 'answered'],
    ]),
    ...answered('$cors_methods', METHODS),
    ...answered('$cors_headers', REQUEST_HEADERS),
    ...answered('$cors_seconds', String(PREFLIGHT_SECONDS)),
  ];
}

/** Lines of a location that answer preflights: without the app, and without counting them. */
export const preflightAnswers = (): string[] => [
  ...block('if ($preflight = answered)', ['return 204;']),
  ...block('if ($preflight = refused)', ['return 403;']),
];

import { block, map } from './nginx-words';

/** Internal addresses of the pages; without an extension, which would decide about their type. */
export const PAGES = {
  json: '/.breakwater/error-json',
  html: '/.breakwater/error-html',
  range: '/.breakwater/error-range',
  late: '/.breakwater/error-late',
} as const;

/** Seconds until the app may be back: the load balancer takes a dead copy out within half a minute. */
const BACK_SECONDS = 10;

/** Titles of what nginx answers by itself, and of what stands in for the app's own words. */
const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  408: 'Request timeout',
  409: 'Conflict',
  411: 'Length required',
  412: 'Precondition failed',
  413: 'Content too large',
  414: 'Address too long',
  415: 'Unsupported media type',
  416: 'Range not satisfiable',
  421: 'Misdirected request',
  429: 'Too many requests',
  431: 'Request headers too large',
  500: 'Internal server error',
  501: 'Not implemented',
  502: 'Service unavailable',
  503: 'Service unavailable',
  504: 'Gateway timeout',
  505: 'HTTP version not supported',
};

/** Statuses that nginx has for itself, as the standard has them: too large headers, and trouble with TLS. */
const OWN_STATUSES = ['error_page 494 =431 $error_page;', 'error_page 495 496 497 =400 $error_page;'];
/**
 * No connection to the app, or none that held: it is down, and the caller may come back. An answer that came too late is
 * 504 and says nothing of coming back, for the app may have done what it was asked.
 */
const APP_DOWN = [
  'error_page 502 =503 $error_page;',
  // The class is asked for here, while the address is still the client's.
  `error_page 504 = ${PAGES.late}?$is_api;`,
];
/** Line of a location that asks the app: the page of a late answer ends in an error of its own, which has a page too. */
export const LATE_PAGE = 'recursive_error_pages on;';
/** The app's 503 is its own to explain: health says what is degraded. All other failures of it are kept to ourselves. */
const APP_FAILURES = [500, 501, 505, 506, 507, 508, 510, 511];

/**
 * Error pages (row E13): JSON below the API's prefixes, plain HTML elsewhere, and in both the status, its title and the
 * id under which the logs have the rest.
 */
export function errorPages(): string[] {
  const ours = Object.keys(TITLES).filter((status) => !['416', '502', '504'].includes(status));
  return [
    ...map('$is_api', '$error_page', [
      ['1', PAGES.json],
      ['default', PAGES.html],
    ]),
    ...block('map $status $status_title', [
      'volatile;',
      ...Object.entries(TITLES).map(([status, title]) => `${status} "${title}";`),
      'default "Error";',
    ]),
    `error_page ${ours.join(' ')} $error_page;`,
    `error_page 416 ${PAGES.range};`,
    ...APP_DOWN,
    ...OWN_STATUSES,
    ...map('$upstream_connect_time', '$app_unreached', [
      ['"-"', '1'],
      ['default', '""'],
    ]),
    // When to come back: for a limit when its bucket has room, else when a copy may be back. Not where the app says it.
    ...map('"$status:$limit_req_status:$sent_http_retry_after"', '$retry_after', [
      ['"429:REJECTED:"', '$limit_pause'],
      ['"503:PASSED:"', String(BACK_SECONDS)],
      ['"503::"', String(BACK_SECONDS)],
      ['default', '""'],
    ]),
    'add_header Retry-After $retry_after always;',
    'add_header RateLimit $rate_limit always;',
    'add_header RateLimit-Policy $rate_limit_policy always;',
  ];
}

/**
 * Lines of the location that asks the app. Its 4xx pass as they are, and so does its 503. What else fails is answered
 * by our pages, since a traceback may stand in it. 413 is among them: nginx finds out there that a body without a
 * stated length is too large.
 */
export const appErrors = (): string[] => [
  'proxy_intercept_errors on;',
  LATE_PAGE,
  `error_page 413 ${APP_FAILURES.join(' ')} $error_page;`,
  ...APP_DOWN,
];

/** The pages themselves; each server needs them. */
export function errorLocations(): string[] {
  // The status stays that of the error: a page of an error can't change it.
  const asHtml = ['internal;', 'default_type "text/html; charset=utf-8";', `return 200 '${HTML}\\n';`];
  return [
    ...block(`location = ${PAGES.json}`, [
      'internal;',
      'default_type application/json;',
      `return 200 '{"status":$status,"title":"$status_title","request_id":"$request_id"}\\n';`,
    ]),
    ...block(`location = ${PAGES.html}`, asHtml),
    // 504 is also what nginx says when the app did not even take the connection.
    ...block(`location = ${PAGES.late}`, [
      'internal;',
      'error_page 503 504 $error_page;',
      ...block('if ($app_unreached)', ['return 503;']),
      'return 504;',
    ]),
    // nginx notices that a range lies outside of a file when it has added the headers already, and would add them again
    // here. A header of the location's own keeps the others away, and keeps caches from keeping the error.
    ...block(`location = ${PAGES.range}`, [...asHtml, 'add_header Cache-Control no-store always;']),
  ];
}

const HTML = [
  '<!doctype html>',
  '<html lang="en">',
  '<meta charset="utf-8">',
  '<meta name="viewport" content="width=device-width">',
  '<title>$status_title</title>',
  '<h1>$status_title</h1>',
  '<p>Error $status. If it stays, tell the people who run this service: $request_id</p>',
  '</html>',
].join('');

/** A part of the rendered configuration that can be left out, to see what it costs. */
export interface Part {
  readonly name: string;
  without(conf: string): string;
}

const lines = (conf: string, gone: RegExp): string =>
  conf
    .split('\n')
    .filter((line) => !gone.test(line.trim()))
    .join('\n');

/** Parts that cost something on every request. Left out one at a time: they share maps, so the sums don't add up. */
export const PARTS: readonly Part[] = [
  { name: 'access log', without: (conf) => conf.replace(/access_log [^;]+;/g, 'access_log off;') },
  { name: 'limits', without: (conf) => lines(conf, /^limit_req zone/) },
  { name: 'guards', without: (conf) => conf.replace(/if \(\$(blocked|preflight)[^}]*\}/g, '') },
  {
    name: 'second location',
    without: (conf) => lines(conf, /^root \/nonexistent;/).replace(/try_files [^;]+;/, 'proxy_pass http://app;'),
  },
  { name: 'headers of answers', without: (conf) => lines(conf, /^add_header /) },
  {
    name: 'headers for the app',
    without: (conf) => lines(conf, /^proxy_set_header (?!Connection )/),
  },
  { name: 'headers hidden of the app', without: (conf) => lines(conf, /^proxy_hide_header /) },
  { name: 'cookie flags', without: (conf) => lines(conf, /^proxy_cookie_flags /) },
  { name: 'compression', without: (conf) => conf.replace(/gzip on;/g, 'gzip off;') },
  { name: 'error pages', without: (conf) => lines(conf, /^(error_page|proxy_intercept_errors) /) },
];

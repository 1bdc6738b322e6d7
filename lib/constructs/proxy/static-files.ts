import type { Environment } from '../../config/schema';
import { staticPrefix } from './caching';
import { guards } from './guards';
import { block, word } from './nginx-words';
import type { ProxyPlace } from './place';

/** Types by extension: nginx's own list differs from release to release, and lacks some that apps are made of. */
const TYPES: Readonly<Record<string, string>> = {
  'application/json': 'json map',
  'application/manifest+json': 'webmanifest',
  'application/octet-stream': 'bin',
  'application/pdf': 'pdf',
  'application/wasm': 'wasm',
  'application/xml': 'xml',
  'application/zip': 'zip',
  'audio/mpeg': 'mp3',
  'font/otf': 'otf',
  'font/ttf': 'ttf',
  'font/woff': 'woff',
  'font/woff2': 'woff2',
  'image/avif': 'avif',
  'image/gif': 'gif',
  'image/jpeg': 'jpeg jpg',
  'image/png': 'png',
  'image/svg+xml': 'svg svgz',
  'image/webp': 'webp',
  'image/x-icon': 'ico',
  'text/css': 'css',
  'text/csv': 'csv',
  'text/html': 'html htm',
  'text/javascript': 'js mjs',
  'text/plain': 'txt',
  'video/mp4': 'mp4',
  'video/webm': 'webm',
};

/** Directives of `http` for files from disk. They never change while a copy runs. */
export const fileTypes = (): string[] => [
  ...block(
    'types',
    Object.entries(TYPES).map(([type, extensions]) => `${type} ${extensions};`),
  ),
  'default_type application/octet-stream;',
  'charset_types text/css text/csv text/javascript text/plain application/json application/manifest+json;',
  'sendfile on;',
  'tcp_nopush on;',
  'open_file_cache max=1000 inactive=60s;',
  // Absent ones too: every request to the app first finds that there is no such file, which is a call to the system.
  'open_file_cache_errors on;',
  // A redirect to a folder's slash must not name the port that only the load balancer knows.
  'absolute_redirect off;',
];

/**
 * Locations of the static files, which lie under the same path as in the URL: one `root` and no rewriting, which is
 * where path traversal comes from. They are not counted by the limits: they cost the app nothing, and a page has many.
 */
export const staticLocations = ({ app }: Environment, { staticFolder }: ProxyPlace): string[] =>
  app.staticFiles.flatMap(({ path }) => [
    ...block(`location ^~ ${word(staticPrefix(path))}`, [
      ...guards(),
      `root ${word(staticFolder)};`,
      'autoindex off;',
      'disable_symlinks on;',
      // Of a thousand small parts each has a head of its own: the answer would be many times the file.
      'max_ranges 1;',
      'charset utf-8;',
    ]),
    '',
  ]);

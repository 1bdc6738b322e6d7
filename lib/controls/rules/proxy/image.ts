/**
 * What the proxy's image is made of, to the letter: a line more would run beside every password that passes through.
 * It is written out because controls judge what will be built, not what the kit meant to write.
 */

/** nginx's own unprivileged image by an exact release of the stable branch, or by digest. */
export const BASE_IMAGE =
  /^FROM public\.ecr\.aws\/nginx\/nginx-unprivileged(:1\.3\d*[02468]\.\d+-alpine-slim)?(@sha256:[0-9a-f]{64})?$/;

/** Instructions after `FROM`. */
export const INSTRUCTIONS = [
  'USER root',
  [
    'RUN apk add --no-cache openssl',
    '&& rm -rf /etc/nginx/conf.d /docker-entrypoint.d /docker-entrypoint.sh /usr/share/nginx/html',
    '&& install -d -o root -g root -m 1777 /breakwater/tmp /breakwater/static /tmp',
    '&& install -d -o root -g root -m 0755 /breakwater/trust',
    '&& install -d -o 101 -g 101 -m 0700 /breakwater/tls /var/cache/nginx',
  ].join(' '),
  'COPY --chown=root:root --chmod=0444 rds.pem /breakwater/trust/rds.pem',
  'COPY --chown=root:root --chmod=0444 nginx.conf /etc/nginx/nginx.conf',
  'COPY --chown=root:root --chmod=0555 start-proxy /usr/local/bin/start-proxy',
  'VOLUME ["/breakwater/tmp", "/breakwater/static", "/breakwater/trust", "/breakwater/tls", "/var/cache/nginx", "/tmp"]',
  'USER 101:101',
  'EXPOSE 8443',
  'STOPSIGNAL SIGQUIT',
  'ENTRYPOINT []',
  'CMD ["/usr/local/bin/start-proxy"]',
] as const;

/** Commands of `start-proxy`. */
export const START_COMMANDS = [
  'set -eu',
  'umask 077',
  [
    'openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -sha256 -days 3650',
    '-subj /CN=breakwater-proxy',
    '-keyout /breakwater/tls/key.pem -out /breakwater/tls/certificate.pem 2>/dev/null',
  ].join(' '),
  "exec nginx -e stderr -c /etc/nginx/nginx.conf -g 'daemon off;'",
] as const;

/** Files of the folder that the image is built from. */
export const IMAGE_FILES = ['Dockerfile', 'nginx.conf', 'rds.pem', 'start-proxy'] as const;

/** Instructions or commands: lines that end in a backslash go on, comments and empty lines are none. */
export function commandsOf(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => !/^\s*(#|$)/.test(line))
    .join('\n')
    .replace(/\s*\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

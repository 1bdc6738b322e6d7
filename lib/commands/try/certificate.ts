import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../shared/command';
import { executable } from './find-nginx';

const DAYS = 30;

/**
 * Makes `certificate.pem` and `key.pem` in a folder: self-signed for `localhost`, the loopback addresses and further
 * names, with the kind of key that a copy makes for itself when it starts.
 *
 * @returns the certificate as PEM, for clients that are to trust it
 * @throws UserError when there is no openssl
 */
export function makeCertificate(folder: string, names: readonly string[] = []): string {
  const openssl = executable('openssl');
  if (openssl === undefined)
    throw new UserError(
      'openssl is not installed, and makes the certificate. Expected it on the PATH, for example from `apt-get install openssl`.',
    );
  const certificate = join(folder, 'certificate.pem');
  const key = join(folder, 'key.pem');
  const alternatives = ['DNS:localhost', 'IP:127.0.0.1', 'IP:::1', ...names.map((name) => `DNS:${name}`)].join();
  const { status, stderr } = spawnSync(
    openssl,
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-sha256'],
      ...['-days', String(DAYS), '-subj', '/CN=breakwater-trial', '-addext', `subjectAltName=${alternatives}`],
      ...['-keyout', key, '-out', certificate],
    ],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new UserError(`openssl could not make a certificate: ${(stderr ?? '').trim()}`);
  chmodSync(key, 0o600);
  return readFileSync(certificate, 'utf8');
}

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { executable } from '../../../lib/commands/try/find-nginx';

/** A server's certificate with its key, as PEM. */
export interface ServerCertificate {
  readonly certificate: string;
  readonly key: string;
}

export interface CertificateOptions {
  /** Names that it is for. @default - localhost */
  readonly names?: readonly string[];
  /** Days from now until its end; less than none for one that has ended. @default 30 */
  readonly days?: number;
}

/** A certificate authority of our own, in the place of those that sign for RDS. */
export class Authority {
  private readonly folder = mkdtempSync(join(tmpdir(), 'breakwater-authority-'));
  /** Its own certificate, for clients that are to trust it. */
  readonly certificate: string;

  constructor(name = 'Breakwater test authority') {
    this.openssl(
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-sha256', '-days', '30'],
      ...['-subj', `/CN=${name}`, '-addext', 'basicConstraints=critical,CA:TRUE'],
      ...['-addext', 'keyUsage=critical,keyCertSign,cRLSign', '-keyout', 'ca.key', '-out', 'ca.pem'],
    );
    this.certificate = this.read('ca.pem');
  }

  /** Signs a certificate for a server. */
  issue({ names = ['localhost'], days = 30 }: CertificateOptions = {}): ServerCertificate {
    writeFileSync(
      join(this.folder, 'extensions'),
      `subjectAltName=${names.map((name) => `DNS:${name}`).join()}\nextendedKeyUsage=serverAuth\n`,
    );
    this.openssl(
      ...['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-sha256'],
      ...['-subj', `/CN=${names[0]}`, '-keyout', 'server.key', '-out', 'server.csr'],
    );
    this.openssl(
      ...['x509', '-req', '-in', 'server.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-sha256'],
      ...['-days', String(days), '-extfile', 'extensions', '-out', 'server.pem'],
    );
    return { certificate: this.read('server.pem'), key: this.read('server.key') };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private read(file: string): string {
    return readFileSync(join(this.folder, file), 'utf8');
  }

  private openssl(...words: string[]): void {
    const { status, stderr } = spawnSync(executable('openssl') ?? 'openssl', words, {
      cwd: this.folder,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`openssl ${words[0]} failed: ${stderr}`);
  }
}

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type ClientConfig } from 'pg';
import { verifierOf } from '../../../lambda/common/postgres/scram';
import { Secret } from '../../../lambda/common/secrets/secret';
import { Authority, type ServerCertificate } from './authority';
import { postgresBinaries } from './binaries';
import { freePort, identity, own, reachable } from './unprivileged';

/** As on RDS: the login that the service makes, by the name that the kit gives it. */
const MASTER = 'breakwater_master';
const SUPERUSER = 'rdsadmin';
const DATABASE = 'app';
const LONGEST_START = 20_000;

export interface PostgresOptions {
  /** @default - a certificate for localhost by an authority of its own */
  readonly certificate?: ServerCertificate;
  /** Whose signature clients are to trust. @default - the authority's that signed the certificate made here */
  readonly authority?: Authority;
  /** Whether it speaks TLS at all. @default true */
  readonly tls?: boolean;
  /** Further settings, such as `max_connections`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A login as a secret has it. */
export interface Login {
  readonly username: string;
  readonly password: string;
}

/**
 * A real PostgreSQL on a free port of loopback: TLS only, SCRAM only, every statement in its log. Its master has what RDS
 * gives one: it may create roles and databases, owns the database, and is neither superuser nor member of anything.
 */
export class PostgresServer {
  readonly host = 'localhost';
  readonly database = DATABASE;
  readonly master: Login = { username: MASTER, password: randomBytes(24).toString('hex') };
  private readonly superuser: Login = { username: SUPERUSER, password: randomBytes(24).toString('hex') };
  private server?: ChildProcess;

  private constructor(
    readonly port: number,
    private readonly folder: string,
    private readonly binaries: string,
    /** Signs what clients are to trust. */
    readonly authority: Authority,
  ) {}

  static async start(options: PostgresOptions = {}): Promise<PostgresServer> {
    const folder = mkdtempSync(join('/tmp', 'breakwater-postgres-'));
    own(folder);
    const binaries = reachable(postgresBinaries(), folder);
    const authority = options.authority ?? new Authority();
    const server = new PostgresServer(await freePort(), folder, binaries, authority);
    server.initialize(options.certificate ?? authority.issue(), options);
    await server.run();
    await server.prepare();
    return server;
  }

  /** Everything in the server's log so far. */
  log(): string {
    return readFileSync(this.logFile, 'utf8');
  }

  /** A session of one's own, over verified TLS. End it when done. */
  async connect(login: Login, settings: ClientConfig = {}): Promise<Client> {
    const client = new Client({
      host: this.host,
      port: this.port,
      database: this.database,
      user: login.username,
      password: login.password,
      ssl: { ca: this.authority.certificate },
      ...settings,
    });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  /** Runs statements in a session of their own. */
  async session<Result>(login: Login, work: (client: Client) => Promise<Result>): Promise<Result> {
    const client = await this.connect(login);
    return work(client).finally(() => client.end());
  }

  /** What only the superuser can do, which RDS keeps for itself. It comes by a socket, not by the network. */
  async asSuperuser<Result>(work: (client: Client) => Promise<Result>, database = DATABASE): Promise<Result> {
    const client = await this.observer(database);
    return work(client).finally(() => client.end());
  }

  /** A session of the superuser, to look at what nobody else can see. End it when done. */
  async observer(database = DATABASE): Promise<Client> {
    const { username: user, password } = this.superuser;
    const client = new Client({ host: this.folder, port: this.port, database, user, password });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  /** Ends it as a crash would, and starts it anew on the same port: what a failover looks like to clients. */
  async restart(): Promise<void> {
    await this.end('SIGQUIT');
    await this.run();
  }

  /** Other certificate, known from the next connection on. */
  use({ certificate, key }: ServerCertificate): void {
    this.file('server.pem', certificate);
    this.file('server.key', key);
    this.server?.kill('SIGHUP');
  }

  /** Ends it by its process id and deletes its folder. */
  async stop(): Promise<void> {
    await this.end('SIGINT');
    rmSync(this.folder, { recursive: true, force: true });
    this.authority.remove();
  }

  private get data(): string {
    return join(this.folder, 'data');
  }

  private get logFile(): string {
    return join(this.folder, 'server.log');
  }

  private initialize(certificate: ServerCertificate, { tls = true, settings = {} }: PostgresOptions): void {
    this.file('password', this.superuser.password);
    const { status, stderr } = spawnSync(
      join(this.binaries, 'bin', 'initdb'),
      [
        ...['-D', this.data, '-U', SUPERUSER, '--pwfile', join(this.folder, 'password'), '-A', 'scram-sha-256'],
        ...['-E', 'UTF8', '--locale', 'C', '--no-sync', '--no-instructions'],
      ],
      { encoding: 'utf8', ...identity() },
    );
    if (status !== 0) throw new Error(`initdb failed: ${stderr}`);
    rmSync(join(this.folder, 'password'));
    this.file('server.pem', certificate.certificate);
    this.file('server.key', certificate.key);
    const kind = tls ? 'hostssl' : 'host';
    this.file(
      'data/pg_hba.conf',
      `local all ${SUPERUSER} scram-sha-256\n${kind} all all 127.0.0.1/32 scram-sha-256\n${kind} all all ::1/128 scram-sha-256\n`,
    );
    const all = { ...SETTINGS, ...(tls ? this.certificateSettings() : {}), ...this.placeSettings(), ...settings };
    const lines = Object.entries(all).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`);
    this.file('data/postgresql.auto.conf', lines.join(''));
  }

  private certificateSettings(): Record<string, string> {
    return {
      ssl: 'on',
      ssl_min_protocol_version: 'TLSv1.2',
      ssl_cert_file: join(this.folder, 'server.pem'),
      ssl_key_file: join(this.folder, 'server.key'),
    };
  }

  private placeSettings(): Record<string, string> {
    return { listen_addresses: 'localhost', port: String(this.port), unix_socket_directories: this.folder };
  }

  /** The roles and the database that RDS makes with an instance. */
  private async prepare(): Promise<void> {
    await this.asSuperuser(async (client) => {
      await client.query(
        // No password of ours may stand in the log, this one included.
        `CREATE ROLE ${MASTER} LOGIN NOSUPERUSER CREATEROLE CREATEDB INHERIT PASSWORD '${verifierOf(new Secret(this.master.password))}'`,
      );
      await client.query(`CREATE DATABASE ${DATABASE} OWNER ${MASTER}`);
    }, 'postgres');
  }

  private async run(): Promise<void> {
    const log = openSync(this.logFile, 'a');
    this.server = spawn(join(this.binaries, 'bin', 'postgres'), ['-D', this.data], {
      stdio: ['ignore', log, log],
      ...identity(),
    });
    closeSync(log);
    // A test process that ends before its time leaves no server behind.
    process.once('exit', this.abandon);
    for (const end = Date.now() + LONGEST_START; ; await sleep(25)) {
      try {
        await this.asSuperuser(() => Promise.resolve(), 'postgres');
        return;
      } catch (error) {
        if (this.server.exitCode !== null || Date.now() > end)
          throw new Error(`PostgreSQL did not start: ${(error as Error).message}\n${this.log()}`);
      }
    }
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    process.removeListener('exit', this.abandon);
    const { server } = this;
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill(signal);
    await ended;
  }

  private readonly abandon = (): void => {
    this.server?.kill('SIGQUIT');
    rmSync(this.folder, { recursive: true, force: true });
  };

  private file(name: string, content: string): void {
    const path = join(this.folder, name);
    writeFileSync(path, content, { mode: 0o600 });
    own(path);
  }
}

/**
 * Everything that is said to the server stands in its log, with values: what a careless operator or an auditor's setting
 * would write. And nothing waits for the disk: the data goes with the test.
 */
const SETTINGS = {
  log_statement: 'all',
  log_duration: 'on',
  log_min_duration_statement: '0',
  log_min_error_statement: 'debug5',
  log_parameter_max_length: '-1',
  log_parameter_max_length_on_error: '-1',
  log_connections: 'on',
  log_disconnections: 'on',
  log_line_prefix: '%m [%p] %u@%d ',
  password_encryption: 'scram-sha-256',
  max_connections: '100',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  shared_buffers: '32MB',
};

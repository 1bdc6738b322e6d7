import { checkServerIdentity } from 'node:tls';
import { isNativeError } from 'node:util/types';
import { Client, type QueryResultRow } from 'pg';
import type { Secret } from '../secrets/secret';
import { DatabaseError, troubleOf } from './failure';

/** Milliseconds for the way to the server, TLS and login. */
const CONNECT_TIMEOUT = 10_000;
/** Milliseconds for one statement, as the server counts them. */
const STATEMENT_TIMEOUT = 15_000;
/** Milliseconds until the function gives a silent server up: after the server itself would have ended the statement. */
const ANSWER_TIMEOUT = 20_000;
/** Milliseconds that a statement waits for a lock: others queue behind it meanwhile. */
const LOCK_TIMEOUT = 5_000;

/**
 * Set by a statement: RDS Proxy does not take all of them with the login. What is committed must outlast a failover also
 * where the server's own setting is a faster one: the secret says that a password is set.
 */
const SETTINGS = [
  'SET synchronous_commit = on',
  `SET statement_timeout = ${STATEMENT_TIMEOUT}`,
  `SET lock_timeout = ${LOCK_TIMEOUT}`,
  `SET idle_in_transaction_session_timeout = ${ANSWER_TIMEOUT}`,
].join('; ');

/** Where a server listens, and whose signature on its certificate counts. */
export interface Place {
  /** The name in its certificate. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** PEM. */
  readonly authorities: readonly string[];
}

/** Who logs in. */
export interface Credential {
  readonly username: string;
  readonly password: Secret;
}

/**
 * A session on the server. There is one way to have it: TLS, a certificate by one of the place's authorities for the
 * place's very name, SCRAM. Nothing else is tried when that fails.
 */
export class Session {
  private constructor(
    private readonly client: Client,
    private readonly place: string,
  ) {}

  /**
   * @param purpose what the server shows of it, as `application_name`
   * @throws DatabaseError with its kind and what to do
   */
  static async open(place: Place, { username, password }: Credential, purpose: string): Promise<Session> {
    const { host, port, database, authorities } = place;
    if (authorities.length === 0) throw new Error(`${host}: no authority is given whose signature counts`);
    const shown = `Database ${database} at ${host}:${port} as ${username}`;
    const client = new Client({
      host,
      port,
      database,
      user: username,
      password: password.reveal(),
      application_name: purpose,
      ssl: {
        ca: [...authorities],
        minVersion: 'TLSv1.2',
        rejectUnauthorized: true,
        // By the name that was asked for, also where that is an address: Node's own default then is 'localhost'.
        checkServerIdentity: (_, certificate) => checkServerIdentity(host, certificate),
      },
      connectionTimeoutMillis: CONNECT_TIMEOUT,
      query_timeout: ANSWER_TIMEOUT,
    });
    // A connection that breaks between statements would end the process; the next statement tells of it.
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query(SETTINGS);
    } catch (error) {
      await closed(client);
      throw explained(error, shown, 'login');
    }
    return new Session(client, shown);
  }

  /** Opens one, works in it and closes it, whatever comes. */
  static async within<Result>(
    place: Place,
    credential: Credential,
    purpose: string,
    work: (session: Session) => Promise<Result>,
  ): Promise<Result> {
    const session = await Session.open(place, credential, purpose);
    try {
      return await work(session);
    } finally {
      await session.close();
    }
  }

  /**
   * Runs one statement.
   *
   * @param values in the place of `$1`, `$2`…; none of them a secret, for the server may log them
   */
  async query<Row extends QueryResultRow>(statement: string, values?: readonly unknown[]): Promise<readonly Row[]> {
    try {
      const { rows } = await this.client.query<Row>(statement, values && [...values]);
      return rows;
    } catch (error) {
      throw explained(error, this.place, 'statement');
    }
  }

  /** Everything or nothing of some statements. What is left half done is undone, also when the function is cut off. */
  async transaction<Result>(work: () => Promise<Result>, end: 'COMMIT' | 'ROLLBACK' = 'COMMIT'): Promise<Result> {
    await this.query('BEGIN');
    try {
      const result = await work();
      await this.query(end);
      return result;
    } catch (error) {
      // The first error is the one that tells what happened; without an answer the server undoes by itself.
      await this.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }

  close(): Promise<void> {
    return closed(this.client);
  }
}

/** A server that does not answer is not waited for. */
async function closed(client: Client): Promise<void> {
  await client.end().catch(() => undefined);
}

function explained(error: unknown, place: string, during: 'login' | 'statement'): unknown {
  if (!isNativeError(error)) return error;
  const trouble = troubleOf(error, during);
  return trouble ? new DatabaseError(trouble, place, error) : error;
}

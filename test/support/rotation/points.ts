import { Client } from 'pg';
import { PURPOSE } from '../../../lambda/common/database-roles/master';
import { verifierOf } from '../../../lambda/common/postgres/scram';
import { Secret } from '../../../lambda/common/secrets/secret';
import type { DatabaseEnvironment } from '../postgres/environment';
import type { Login } from '../postgres/server';
import { Boundaries, type Fault } from '../secrets-manager/faults';

/** Calls and statements after which something may be otherwise than before. */
const CHANGES = /^(Put|Update|COMMIT|ALTER)/;

/** What the server stores for a password, with its salt. */
const STORED = /^SCRAM-SHA-256\$4096:([^$]+)\$/;

/** The driver's client, with what its types keep to themselves. */
interface Driver {
  readonly user: string;
  readonly connectionParameters: { readonly application_name?: string };
  readonly connection: { readonly stream: { destroy(): void } };
  connect(this: Driver): Promise<unknown>;
  query(this: Driver, ...given: unknown[]): Promise<unknown>;
}

/**
 * The boundaries of functions at work on a database: each call of an API, each login at the server and each statement. A
 * process that dies at one of them takes its connections along.
 */
export class Points {
  readonly boundaries: Boundaries;
  /** Moments at which a login that is in use was not admitted. */
  readonly outages: string[] = [];
  private readonly clients = new Set<Driver>();
  private readonly restore: () => void;

  /** @param inUse logins that must be good at every moment */
  constructor(
    readonly environment: DatabaseEnvironment,
    private readonly observer: Client,
    private readonly inUse: () => readonly Login[],
    fault?: Fault,
  ) {
    this.boundaries = new Boundaries(fault);
    const { secrets } = environment;
    const before = secrets.interceptor;
    secrets.interceptor = ({ operation }, perform) =>
      // The service's own work, before it calls the function.
      operation === 'RotateSecret' ? perform() : this.around(operation, perform);
    const statements = this.spyOnStatements();
    this.restore = () => {
      secrets.interceptor = before;
      statements();
    };
  }

  /** Runs what may die at a boundary. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await this.boundaries.run(work);
    } catch (error) {
      if ((error as Error).name === 'Died') this.cutConnections();
      throw error;
    }
  }

  /** From now on nothing is watched and nothing goes wrong. */
  end(): void {
    this.cutConnections();
    this.restore();
  }

  private spyOnStatements(): () => void {
    const points = this;
    const prototype = Client.prototype as unknown as Driver;
    const { connect, query } = prototype;
    prototype.connect = function () {
      if (this.connectionParameters.application_name !== PURPOSE) return connect.call(this);
      points.clients.add(this);
      return points.around(`login as ${this.user}`, () => connect.call(this));
    };
    prototype.query = function (...given) {
      const perform = () => query.apply(this, given);
      return points.clients.has(this) ? points.around(nameOf(String(given[0])), perform) : perform();
    };
    return () => Object.assign(prototype, { connect, query });
  }

  private async around<Result>(name: string, perform: () => Promise<Result>): Promise<Result> {
    if (!CHANGES.test(name)) return this.boundaries.around(name, perform);
    return this.boundaries.around(name, async () => {
      await this.look(`before ${name}`);
      const result = await perform();
      await this.look(`after ${name}`);
      return result;
    });
  }

  private async look(moment: string): Promise<void> {
    for (const login of this.inUse())
      if (!(await admitted(this.observer, login))) this.outages.push(`${login.username} ${moment}`);
  }

  private cutConnections(): void {
    for (const { connection } of this.clients) connection.stream.destroy();
    this.clients.clear();
  }
}

/** What a boundary is called in a report: a verifier says nothing to anybody, and is another one each time. */
const nameOf = (statement: string): string =>
  statement
    .replace(/'SCRAM-[^']*'/, '…')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 60);

/** Whether the server would let the login in, as its own table of roles says. */
export async function admitted(superuser: Client, { username, password }: Login): Promise<boolean> {
  const { rows } = await superuser.query<{ rolpassword: string | null; rolcanlogin: boolean }>(
    'SELECT rolpassword, rolcanlogin FROM pg_authid WHERE rolname = $1',
    [username],
  );
  const [{ rolpassword, rolcanlogin } = { rolpassword: null, rolcanlogin: false }] = rows;
  const salt = STORED.exec(rolpassword ?? '')?.[1];
  return (
    rolcanlogin && salt !== undefined && verifierOf(new Secret(password), Buffer.from(salt, 'base64')) === rolpassword
  );
}

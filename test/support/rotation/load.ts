import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Purpose } from '../../../lambda/common/database-roles/model';
import type { DatabaseEnvironment } from '../postgres/environment';
import type { Login } from '../postgres/server';

/** Copies of the application: what a small production runs. */
const COPIES = 4;
/** Tables that migrations keep; the oldest goes when a new one comes. */
const TABLES = 6;

/** A table that migrations made, and in whose turn. */
interface Table {
  readonly name: string;
  readonly maker: string;
  /** Statements that are under way. */
  busy: number;
}

/**
 * A constant load: copies of the application that read and write, and migrations that make, change and drop tables, each with
 * the login that it was given when it started, until it is deployed anew.
 */
export class Load {
  readonly failed: string[] = [];
  statements = 0;
  migrations = 0;
  logins = 0;
  /** Which twin used a table of which: `app_b on migrate_a's`. */
  readonly uses = new Map<string, number>();
  private readonly tables: Table[] = [];
  private readonly generation: Record<Purpose, number> = { app: 0, migrate: 0 };
  private readonly running: Promise<void>[] = [];
  private readonly using = new Map<number, { purpose: Purpose; generation: number }>();
  private ended = false;

  constructor(private readonly environment: DatabaseEnvironment) {}

  /** Starts it, and returns when every part has worked once. */
  async start(): Promise<void> {
    this.running.push(this.keepUp(0, 'migrate', (client, login) => this.migrate(client, login)));
    for (let copy = 1; copy <= COPIES; copy++)
      this.running.push(this.keepUp(copy, 'app', (client, login) => this.work(client, login)));
    await this.until(() => this.tables.length === TABLES && this.using.size === COPIES + 1);
  }

  /** Every copy is replaced by one that has the current login. */
  async deploy(purpose: Purpose): Promise<void> {
    const wanted = ++this.generation[purpose];
    await this.until(() =>
      [...this.using.values()].every((each) => each.purpose !== purpose || each.generation >= wanted),
    );
  }

  /** Ends it. */
  async stop(): Promise<void> {
    this.ended = true;
    await Promise.all(this.running);
  }

  /** One copy after the other, each with the login that is current when it starts. */
  private async keepUp(
    id: number,
    purpose: Purpose,
    work: (client: Client, login: Login) => Promise<void>,
  ): Promise<void> {
    while (!this.ended) {
      const generation = this.generation[purpose];
      const login = this.environment.login(purpose);
      const connect = async () => {
        const client = await this.environment.server.connect(login);
        this.logins++;
        return client;
      };
      let client = await connect();
      this.using.set(id, { purpose, generation });
      for (let turn = 1; !this.ended && this.generation[purpose] === generation; turn++) {
        try {
          // A pool lets go of connections and makes new ones all the time: the login must be good for that, too.
          if (turn % 50 === 0) {
            await client.end();
            client = await connect();
          }
          await work(client, login);
        } catch (error) {
          this.failed.push(`${login.username}: ${(error as Error).message}`);
          await sleep(10);
        }
      }
      await client.end();
    }
  }

  /** Reads and writes in a table, whoever made it. */
  private async work(client: Client, { username }: Login): Promise<void> {
    const table = this.tables[Math.floor(Math.random() * this.tables.length)];
    if (!table) return void (await sleep(5));
    table.busy++;
    try {
      const { name } = table;
      const note = String(Math.random());
      for (const statement of [
        `INSERT INTO ${name} (note) VALUES ($1)`,
        `SELECT count(*) FROM ${name} WHERE note = $1`,
        `UPDATE ${name} SET note = note || '' WHERE note = $1`,
        `DELETE FROM ${name} WHERE note = $1`,
      ]) {
        await client.query(statement, [note]);
        this.statements++;
      }
      this.used(username, table);
    } finally {
      table.busy--;
    }
    await sleep(2);
  }

  /** Makes a table, changes the oldest one, whoever made it, and drops that. */
  private async migrate(client: Client, { username }: Login): Promise<void> {
    const name = `load_${++this.migrations}`;
    await client.query(`BEGIN; CREATE TABLE ${name} (id bigserial PRIMARY KEY, note text);
      CREATE INDEX ON ${name} (note); INSERT INTO ${name} (note) VALUES ('first'); COMMIT`);
    this.tables.push({ name, maker: username, busy: 0 });
    this.statements++;
    if (this.tables.length > TABLES) {
      const oldest = this.tables.shift() as Table;
      await this.until(() => oldest.busy === 0);
      await client.query(`ALTER TABLE ${oldest.name} ADD COLUMN more text; DROP TABLE ${oldest.name}`);
      this.statements++;
      this.used(username, oldest);
    }
    await sleep(10);
  }

  private used(login: string, { maker }: Table): void {
    const use = `${login} on ${maker}'s`;
    this.uses.set(use, (this.uses.get(use) ?? 0) + 1);
  }

  private async until(reached: () => boolean): Promise<void> {
    while (!reached()) await sleep(2);
  }
}

import { Client } from 'pg';
import { PURPOSE } from '../../../lambda/common/database-roles/master';
import type { Purpose } from '../../../lambda/common/database-roles/model';
import { Log } from '../../../lambda/common/log';
import { type Step, steps } from '../../../lambda/common/rotation/event';
import { prepare } from '../../../lambda/prepare-database/prepare';
import { DatabaseEnvironment, names } from '../../support/postgres/environment';
import { PostgresServer } from '../../support/postgres/server';
import { rotation } from '../../support/secrets-manager/rotation';
import { numberOf, type Output } from '../section';
import { median } from '../synth/measure';

const TIMES = 30;
const TABLES = 100;

export const title = 'Rotation of a database login: its steps, statements and calls, on a real server over TLS';
export const usage = [
  `--rotations=<n>  rotations of each login, whose median counts (default ${TIMES})`,
  `--tables=<n>     tables in the database (default ${TABLES})`,
];

/** One rotation, or the median of many. */
interface Cost {
  /** Milliseconds. Calls of Secrets Manager are answered from memory, so they cost nothing here. */
  readonly milliseconds: Readonly<Record<Step, number>>;
  readonly logins: number;
  readonly statements: number;
  readonly calls: number;
}

interface Figures {
  /** The first preparation, and one that finds all in order: milliseconds. */
  readonly prepared: { readonly first: number; readonly again: number };
  readonly app: Cost;
  readonly migrate: Cost;
}

export async function run(args: readonly string[], output: Output): Promise<Figures> {
  const times = Math.max(1, numberOf(args, 'rotations', TIMES));
  const tables = numberOf(args, 'tables', TABLES);
  const server = await PostgresServer.start();
  // What functions write would stand among the figures.
  const { log } = console;
  console.log = () => undefined;
  try {
    const figures = await measured(new DatabaseEnvironment(server), { times, tables }, output);
    console.log = log;
    output.print(report(figures, tables));
    return figures;
  } finally {
    console.log = log;
    await server.stop();
  }
}

async function measured(
  environment: DatabaseEnvironment,
  { times, tables }: { times: number; tables: number },
  output: Output,
): Promise<Figures> {
  const preparing = () => timed(() => prepare(environment.surroundings, new Log()));
  const first = await preparing();
  await environment.server.session(environment.login('migrate'), async (client) => {
    for (let table = 0; table < tables; table++) await client.query(`CREATE TABLE t${table} (id bigserial, note text)`);
  });
  const again = await preparing();
  const costs = async (purpose: Purpose): Promise<Cost> => {
    output.progress(`${times} rotations of the login of ${purpose}`);
    const samples: Cost[] = [];
    for (let done = 0; done < times; done++) {
      samples.push(await one(environment, purpose));
      environment.later();
    }
    const middle = (of: (cost: Cost) => number) => median(samples.map(of));
    return {
      milliseconds: Object.fromEntries(
        steps.map((step) => [step, middle(({ milliseconds }) => milliseconds[step])]),
      ) as Record<Step, number>,
      logins: middle(({ logins }) => logins),
      statements: middle(({ statements }) => statements),
      calls: middle(({ calls }) => calls),
    };
  };
  return { prepared: { first, again }, app: await costs('app'), migrate: await costs('migrate') };
}

async function one(environment: DatabaseEnvironment, purpose: Purpose): Promise<Cost> {
  const milliseconds = {} as Record<Step, number>;
  const before = environment.secrets.calls.length;
  const counted = countingStatements();
  await rotation(environment.secrets, names[purpose], {
    attempts: 1,
    invoke: async (event) => {
      milliseconds[event.Step] = await timed(() => environment.step(event));
    },
  });
  // RotateSecret is the service's own.
  return { milliseconds, calls: environment.secrets.calls.length - before - 1, ...counted() };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** Counts what the functions say to the server until it is asked. */
function countingStatements(): () => { logins: number; statements: number } {
  const prototype = Client.prototype as unknown as {
    connectionParameters: { application_name?: string };
    connect(): Promise<unknown>;
    query(...given: unknown[]): Promise<unknown>;
  };
  const { connect, query } = prototype;
  const found = { logins: 0, statements: 0 };
  prototype.connect = function () {
    if (this.connectionParameters.application_name === PURPOSE) found.logins++;
    return connect.call(this);
  };
  prototype.query = function (...given) {
    if (this.connectionParameters.application_name === PURPOSE) found.statements++;
    return query.apply(this, given);
  };
  return () => {
    Object.assign(prototype, { connect, query });
    return found;
  };
}

function report({ prepared, app, migrate }: Figures, tables: number): string {
  const row = (cells: readonly (string | number)[]) =>
    cells.map((cell, at) => (at === 0 ? String(cell).padEnd(16) : String(cell).padStart(14))).join('');
  const whole = ({ milliseconds }: Cost) => steps.reduce((sum, step) => sum + milliseconds[step], 0);
  const costs = (name: string, cost: Cost) =>
    row([
      name,
      ...steps.map((step) => cost.milliseconds[step].toFixed(1)),
      whole(cost).toFixed(1),
      cost.logins,
      cost.statements,
      cost.calls,
    ]);
  return [
    row(['ms', ...steps, 'together', 'logins', 'statements', 'API calls']),
    costs('app', app),
    costs('migrate', migrate),
    '',
    `Preparing a database: ${prepared.first.toFixed(0)} ms at first, ${prepared.again.toFixed(0)} ms when ${tables} tables are in order`,
  ].join('\n');
}

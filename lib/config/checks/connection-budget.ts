import { maxConnections } from '../database-sizes';
import type { Environment } from '../schema';
import { workersByRule, workersOf } from '../workers';
import type { Check } from './check';

/** A deployment runs the old and the new version side by side until the bake is over. */
const FLEETS = 2;
/** A migration holds one connection for its lock and one for its work. */
const MIGRATIONS = 2;
/** `superuser_reserved_connections` (3) and `rds.rds_superuser_reserved_connections` (2): RDS defaults for PostgreSQL. */
const RESERVED = 5;
/** Rotation and verification functions, the dump, a one-off task and two people with psql. */
const HEAD_ROOM = 8;

interface Term {
  readonly what: string;
  readonly sum: string;
  readonly connections: number;
}

/** Every connection that the environment can hold at once must fit `max_connections` (row C08). */
export const connectionBudget: Check = (environment) => {
  const { database } = environment;
  // Web copies, workers and scheduled commands all connect to the proxy, which keeps to its share whatever their number.
  if (database.proxy) return [];
  const terms = [web(environment), ...processes(environment), ...fixed];
  const needed = total(terms);
  const allowed = maxConnections(database.instanceClass);
  if (needed <= allowed) return [];
  const arithmetic = [
    ...terms.map(
      ({ what, sum, connections }) => `${what}: ${sum}${sum === String(connections) ? '' : ` = ${connections}`}`,
    ),
    `needed: ${terms.map(({ connections }) => connections).join(' + ')} = ${needed}`,
    `db.${database.instanceClass} accepts ${allowed}: ${needed - allowed} too many`,
  ].join('\n');
  return [
    {
      path: ['app', 'pool'],
      expected: `connections of all copies that fit the ${allowed} of db.${database.instanceClass}: a smaller pool, fewer workers or copies, or a larger database.instanceClass`,
      example: poolThatFits(environment, allowed - total(terms.slice(1))),
      arithmetic,
    },
  ];
};

/** Connections that never go through a proxy. */
export const besideProxy = (): number => total(fixed);

const total = (terms: readonly Term[]): number => terms.reduce((sum, { connections }) => sum + connections, 0);

/** More than the CPU runs are refused by themselves, and not counted here: the pool isn't at fault for them. */
const countedWorkers = (app: Environment['app']): number => Math.min(workersOf(app), workersByRule(app.cpu));

function web({ app }: Environment): Term {
  const workers = countedWorkers(app);
  const { size, overflow } = app.pool;
  return {
    what: 'web',
    sum: `${workers} workers × (${size} pool + ${overflow} overflow) × ${app.copies.max} copies × ${FLEETS} fleets`,
    connections: workers * (size + overflow) * app.copies.max * FLEETS,
  };
}

function processes({ processes: { workers, scheduled } }: Environment): readonly Term[] {
  return [
    ...workers.map(({ name, copies, connections }) => ({
      what: name,
      sum: `${copies} copies × ${connections} × ${FLEETS} while they are replaced`,
      connections: copies * connections * FLEETS,
    })),
    ...scheduled.map(({ name, connections }) => ({ what: name, sum: String(connections), connections })),
  ];
}

const fixed: readonly Term[] = [
  { what: 'migrations', sum: String(MIGRATIONS), connections: MIGRATIONS },
  { what: 'reserved by RDS', sum: String(RESERVED), connections: RESERVED },
  { what: 'head-room', sum: String(HEAD_ROOM), connections: HEAD_ROOM },
];

/** The largest pool without overflow that fits what the rest leaves; one connection when even that does not. */
function poolThatFits({ app }: Environment, left: number): { readonly size: number; readonly overflow: number } {
  const size = Math.floor(left / (countedWorkers(app) * app.copies.max * FLEETS));
  return { size: Math.max(1, Math.min(size, app.pool.size)), overflow: 0 };
}

import { besideProxy } from '../../lib/config/checks/connection-budget';
import { instanceClasses, maxConnections, PROXY_CONNECTIONS_PERCENT } from '../../lib/config/database-sizes';
import { workersOf } from '../../lib/config/workers';
import { accepted, mistakesIn, prodWith } from '../support/configuration';

/** 2 workers × 2 × 3 copies × 2 fleets = 24, and 15 for migrations, reserve and head-room. */
const web = {
  'app.cpu': 512,
  'app.memory': 1024,
  'app.threads': 1,
  'app.pool': { size: 2, overflow: 0 },
  'app.copies': { min: 2, max: 3 },
  'database.instanceClass': 't4g.micro',
};
const worker = (connections: number) => ({ name: 'jobs', command: ['celery'], copies: 1, connections });
const command = (connections: number) => ({
  name: 'nightly',
  command: ['flask'],
  schedule: 'rate(1 day)',
  connections,
});

describe('connection budget (connections-fit-database, row C08)', () => {
  it('counts four fifths of the advertised memory', () => {
    expect(maxConnections('t4g.micro')).toBe(90);
    expect(maxConnections('t4g.small')).toBe(180);
    expect(maxConnections('r8g.xlarge')).toBe(2883);
  });

  it('stops at the most that PostgreSQL on RDS accepts', () => {
    expect(maxConnections('r7g.2xlarge')).toBe(5000);
  });

  it('takes the last connection', () => {
    // 24 + 2 × 25 + 1 + 15 = 90.
    const file = prodWith({ ...web, processes: { workers: [worker(25)], scheduled: [command(1)] } });
    expect(accepted(file).database.instanceClass).toBe('t4g.micro');
  });

  it('refuses one more and shows the sum', () => {
    const [mistake, ...others] = mistakesIn(
      prodWith({ ...web, processes: { workers: [worker(25)], scheduled: [command(2)] } }),
    );
    expect(others).toEqual([]);
    expect(mistake?.path).toBe('app.pool');
    expect(mistake?.expected).toContain('fit the 90 of db.t4g.micro');
    expect(mistake?.arithmetic?.split('\n')).toEqual([
      'web: 2 workers × (2 pool + 0 overflow) × 3 copies × 2 fleets = 24',
      'jobs: 1 copies × 25 × 2 while they are replaced = 50',
      'nightly: 2',
      'migrations: 2',
      'reserved by RDS: 5',
      'head-room: 8',
      'needed: 24 + 50 + 2 + 2 + 5 + 8 = 91',
      'db.t4g.micro accepts 90: 1 too many',
    ]);
    expect(mistake?.example).toEqual({ size: 1, overflow: 0 });
  });

  it("refuses the documents' own pool: 20 + 30 on four workers and two copies", () => {
    const [mistake] = mistakesIn(
      prodWith({
        'app.pool': { size: 20, overflow: 30 },
        'app.cpu': 2048,
        'app.memory': 4096,
        'app.workers': 4,
        'app.copies': { min: 2, max: 2 },
        'database.instanceClass': 't4g.micro',
      }),
    );
    expect(mistake?.arithmetic).toContain('4 workers × (20 pool + 30 overflow) × 2 copies × 2 fleets = 800');
  });

  it("tells of workers that the CPU can't run by themselves: the pool fits those that it can", () => {
    expect(mistakesIn(prodWith({ 'app.workers': 8 })).map(({ path }) => path)).toEqual(['app.workers']);
  });

  it('offers a pool that is accepted', () => {
    const changes = { 'app.pool': { size: 20, overflow: 30 }, 'app.copies': { min: 2, max: 10 } };
    const [mistake] = mistakesIn(prodWith(changes));
    expect(accepted(prodWith({ ...changes, 'app.pool': mistake?.example })).app.pool).toMatchObject({
      size: 5,
      overflow: 0,
    });
  });

  it('leaves what the app opens to the database proxy when there is one', () => {
    const changes = { 'app.pool': { size: 20, overflow: 30 }, processes: { workers: [worker(100)] } };
    expect(accepted(prodWith({ ...changes, 'database.proxy': true })).database.proxy).toBe(true);
    expect(mistakesIn(prodWith(changes))).toHaveLength(1);
  });

  it.each(instanceClasses)('the proxy leaves enough of a db.%s to what goes past it', (instanceClass) => {
    const all = maxConnections(instanceClass);
    expect(all - Math.floor((all * PROXY_CONNECTIONS_PERCENT) / 100)).toBeGreaterThanOrEqual(besideProxy());
  });

  it.each([
    [256, 2],
    [512, 2],
    [1024, 3],
    [2048, 5],
    [4096, 9],
    [8192, 17],
  ])('gives %i CPU units %i workers', (cpu, workers) => {
    expect(workersOf({ cpu })).toBe(workers);
  });

  it('takes an explicit number of workers', () => {
    expect(workersOf({ cpu: 1024, workers: 2 })).toBe(2);
  });

  it('refuses threads that would wait for a connection', () => {
    const [mistake] = mistakesIn(prodWith({ 'app.threads': 7 }));
    expect(mistake).toMatchObject({ path: 'app.threads', value: 7, example: 6 });
    expect(mistake?.arithmetic).toBe('7 threads > 4 pool + 2 overflow = 6');
    expect(accepted(prodWith({ 'app.threads': 6 })).app.threads).toBe(6);
  });
});

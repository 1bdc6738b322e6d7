import type { Client } from 'pg';
import { groupNames, logins } from '../../../lambda/common/database-roles/model';
import { Log } from '../../../lambda/common/log';
import { prepare } from '../../../lambda/prepare-database/prepare';
import type { DatabaseEnvironment } from '../postgres/environment';
import type { PostgresServer } from '../postgres/server';
import { type Fault, whats } from '../secrets-manager/faults';
import type { Tried } from './fault-matrix';
import { admitted, Points } from './points';

/** The first preparation of a database, which makes everything, with something going wrong at each of its points. */
export async function brokenPreparations(
  server: PostgresServer,
  environment: DatabaseEnvironment,
  chosen: (fault: Fault) => boolean,
): Promise<Tried> {
  const observer = await server.observer();
  const tried: Tried = { points: 0, wrong: [] };
  const attempt = async (fault?: Fault): Promise<readonly string[]> => {
    await forget(observer);
    const points = new Points(environment, observer, () => [], fault);
    const work = () => points.run(() => prepare(environment.surroundings, new Log()));
    await (fault ? work().catch(work) : work());
    points.end();
    return points.boundaries.passed;
  };
  try {
    const passed = await attempt();
    for (const what of whats)
      for (let at = 0; at < passed.length; at++) {
        if (what === 'comes twice' || !chosen({ at, what })) continue;
        const label = `first preparation, ${what} at ${at} (${passed[at]})`;
        await attempt({ at, what }).catch((error: Error) => tried.wrong.push(`${label}: ${error.message}`));
        tried.points++;
        const left = await prepare(environment.surroundings, new Log());
        if (left.length > 0) tried.wrong.push(`${label}: left ${left.join('; ')}`);
        for (const purpose of ['app', 'migrate'] as const)
          if (!(await admitted(observer, environment.login(purpose))))
            tried.wrong.push(`${label}: ${purpose} not let in`);
      }
  } finally {
    await observer.end();
  }
  return tried;
}

/** Takes away what a preparation makes. */
export async function forget(superuser: Client): Promise<void> {
  const { rows } = await superuser.query<{ name: string }>(
    'SELECT rolname AS name FROM pg_roles WHERE rolname = ANY($1)',
    [[...logins, ...groupNames]],
  );
  if (rows.length === 0) return;
  // One by one: PostgreSQL loses its way where two of them stand in the same default rights.
  for (const { name } of rows) await superuser.query(`DROP OWNED BY ${name} CASCADE`);
  await superuser.query('GRANT ALL ON DATABASE app TO PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC');
  await superuser.query(`DROP ROLE ${rows.map(({ name }) => name).join()}`);
}

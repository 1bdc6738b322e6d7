import { Log } from '../../../lambda/common/log';
import { prepare } from '../../../lambda/prepare-database/prepare';
import { DatabaseEnvironment } from '../postgres/environment';
import type { PostgresServer } from '../postgres/server';
import { Load } from './load';

/** What came of rotations under load. */
export interface Outcome {
  readonly rotations: number;
  readonly statements: number;
  readonly migrations: number;
  readonly logins: number;
  readonly failed: readonly string[];
  /** Statements that the roles still needed afterwards: rights that were lost. */
  readonly lost: readonly string[];
  readonly uses: readonly string[];
  /** Milliseconds of each rotation. */
  readonly times: readonly number[];
  readonly environment: DatabaseEnvironment;
}

/** Rotates both logins in turn while a load goes on, and deploys after each rotation as the kit does. */
export async function rotationsUnderLoad(server: PostgresServer, rotations: number): Promise<Outcome> {
  const environment = new DatabaseEnvironment(server);
  await prepare(environment.surroundings, new Log());
  const load = new Load(environment);
  await load.start();
  const times: number[] = [];
  for (let done = 0; done < rotations; done++) {
    const purpose = done % 2 === 0 ? 'app' : 'migrate';
    const began = performance.now();
    await environment.rotate(purpose);
    times.push(performance.now() - began);
    await load.deploy(purpose);
    environment.later();
  }
  await load.stop();
  const { statements, migrations, logins, failed } = load;
  return {
    ...{ rotations, statements, migrations, logins, failed, times, environment },
    lost: await prepare(environment.surroundings, new Log()),
    uses: [...load.uses.keys()].sort(),
  };
}

/** Every login used tables of every other turn. */
export const everyUse: readonly string[] = ['app_a', 'app_b', 'migrate_a', 'migrate_b']
  .flatMap((login) => ['migrate_a', 'migrate_b'].map((maker) => `${login} on ${maker}'s`))
  .sort();

/** In the words of a report. */
export function told({ rotations, statements, migrations, logins, failed, lost, times }: Outcome): string {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (part: number) => (sorted[Math.floor(part * (sorted.length - 1))] ?? 0).toFixed(0);
  return (
    `${rotations} rotations under load: ${statements} statements and ${logins} logins of the load, ${migrations} migrations, ` +
    `${failed.length} failed; ${lost.length} rights lost; a rotation took ${at(0.5)} ms, ${at(0.95)} ms at the 95th percentile`
  );
}

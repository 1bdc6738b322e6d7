import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadEnvironments, parseEnvironment } from '../../../lib/config/parse';
import type { Environment } from '../../../lib/config/schema';
import type { Sabotage } from './sabotage';

/** An environment to weaken. */
export interface SabotageSubject {
  readonly name: string;
  readonly environment: Environment;
  /** Every n-th sabotage is judged in the tests, to end in seconds; `npm run bench sabotage` judges all. */
  readonly every: number;
  /** Parts that no other environment has are judged in full. */
  readonly always?: (sabotage: Sabotage) => boolean;
  /** Ask the published packs as well. */
  readonly packs: boolean;
}

const FIXTURES = join(__dirname, '..', '..', 'fixtures', 'environments');

/** The shipped environments, and those of real apps that the tests bring. */
export const subjects: readonly SabotageSubject[] = [
  ...loadEnvironments().map((environment) => {
    const whole = environment.name === 'prod';
    return { name: environment.name, environment, every: whole ? 5 : 30, packs: whole };
  }),
  ...readdirSync(FIXTURES).map((file) => ({
    name: file.replace('.ts', ''),
    environment: parseEnvironment(
      (require(join(FIXTURES, file)) as { environment: unknown }).environment,
      `test/fixtures/environments/${file}`,
    ),
    every: 30,
    always: ({ logicalId }: Sabotage) => logicalId.startsWith('DatabaseProxy'),
    packs: false,
  })),
];

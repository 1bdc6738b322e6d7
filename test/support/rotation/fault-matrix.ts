import type { Client } from 'pg';
import { twins } from '../../../lambda/common/database-roles/env';
import type { Purpose } from '../../../lambda/common/database-roles/model';
import { Log } from '../../../lambda/common/log';
import { prepare } from '../../../lambda/prepare-database/prepare';
import { DatabaseEnvironment, names } from '../postgres/environment';
import type { Login, PostgresServer } from '../postgres/server';
import { type Fault, whats } from '../secrets-manager/faults';
import { rotation } from '../secrets-manager/rotation';
import { admitted, Points } from './points';

/** A statement can't come twice over one connection. */
const CALL = /^[A-Z][a-z]+[A-Z][A-Za-z]+$/;

/** What was tried, and what was wrong afterwards: nothing. */
export interface Tried {
  points: number;
  readonly wrong: string[];
}

/** Rotations with something going wrong at a point, one after the other on one server. */
export class FaultMatrix {
  readonly tried: Tried = { points: 0, wrong: [] };

  private constructor(
    private readonly server: PostgresServer,
    readonly environment: DatabaseEnvironment,
    private readonly observer: Client,
  ) {}

  static async on(server: PostgresServer): Promise<FaultMatrix> {
    const environment = new DatabaseEnvironment(server);
    await prepare(environment.surroundings, new Log());
    const observer = await server.observer();
    return new FaultMatrix(server, environment, observer);
  }

  end(): Promise<void> {
    return this.observer.end();
  }

  /** Names of the points that a rotation without faults passes. */
  async points(purpose: Purpose): Promise<readonly string[]> {
    const points = this.watching(purpose);
    await this.rotation(purpose, points, 1);
    points.end();
    return points.boundaries.passed;
  }

  /** Tries each fault at each point, with either twin in use. */
  async everything(purpose: Purpose): Promise<void> {
    const passed = await this.points(purpose);
    for (const what of whats)
      for (let at = 0; at < passed.length; at++)
        // A rotation leaves the other twin in use.
        for (const _ of twins[purpose]) await this.one(purpose, { at, what }, passed[at] as string);
  }

  /**
   * Tries one fault at every second point, another one at the next, with the twins taking turns.
   *
   * @param first the first point
   */
  async sample(purpose: Purpose, first: number): Promise<void> {
    const passed = await this.points(purpose);
    for (let at = first; at < passed.length; at += 2)
      await this.one(purpose, { at, what: whats[at % whats.length] as Fault['what'] }, passed[at] as string);
  }

  private async one(purpose: Purpose, fault: Fault, name: string): Promise<void> {
    if (fault.what === 'comes twice' && !CALL.test(name)) return;
    this.environment.later();
    const before = this.environment.login(purpose);
    const points = this.watching(purpose, fault);
    const label = `${purpose}, ${before.username} in use, ${fault.what} at ${fault.at} (${name})`;
    try {
      await this.rotation(purpose, points, 5);
    } catch (error) {
      this.tried.wrong.push(`${label}: no retry converged: ${(error as Error).message}`);
    } finally {
      points.end();
    }
    this.tried.points++;
    if (!points.boundaries.struck) this.tried.wrong.push(`${label}: the point was not reached`);
    this.tried.wrong.push(...points.outages.map((outage) => `${label}: ${outage} was not admitted`));
    this.tried.wrong.push(...(await this.leftovers(purpose, before)).map((each) => `${label}: ${each}`));
  }

  /** What should not be so after a rotation. */
  private async leftovers(purpose: Purpose, before: Login): Promise<readonly string[]> {
    const name = names[purpose];
    const { secrets } = this.environment;
    const now = this.environment.login(purpose);
    const wrong: string[] = [];
    if (now.username === before.username) wrong.push(`${now.username} is current again`);
    for (const login of [before, now])
      if (!(await admitted(this.observer, login))) wrong.push(`${login.username} is not admitted afterwards`);
    await this.server
      .session(now, (client) => client.query('SELECT 1'))
      .catch((error: Error) => wrong.push(error.message));
    const labels = [...secrets.secret(name).versions.values()].map(
      ({ stages, put }) => `${[...stages]}${put ? '' : ' without a value'}`,
    );
    // Versions of earlier rotations have no label any more: the service deletes them some day.
    const kept = labels
      .filter((each) => each !== '')
      .sort()
      .join(' and ');
    if (kept !== 'AWSCURRENT and AWSPREVIOUS') wrong.push(`labelled versions: ${kept}`);
    if (secrets.value(name, 'AWSPREVIOUS') !== JSON.stringify(before))
      wrong.push('AWSPREVIOUS is not what was in use before');
    return wrong;
  }

  private watching(purpose: Purpose, fault?: Fault): Points {
    const before = this.environment.login(purpose);
    // What copies that run were given, and what a copy that starts now would get.
    return new Points(this.environment, this.observer, () => [before, this.environment.login(purpose)], fault);
  }

  private rotation(purpose: Purpose, points: Points, attempts: number): Promise<string> {
    const invoke = (event: unknown) => points.run(() => this.environment.step(event));
    return rotation(this.environment.secrets, names[purpose], { invoke, attempts });
  }
}

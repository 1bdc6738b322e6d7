import type { Log } from '../common/log';
import type { SecretStore } from '../common/secrets/store';
import { type Changed, changesOf, markDeployed } from './changes';
import { type Decision, decide } from './decide';
import type { Services } from './services';

/** What a run works with. */
export interface Surroundings {
  readonly services: Services;
  readonly stores: readonly SecretStore[];
  /**
   * Why the current login is not the one that is in use at the database, or nothing when it is.
   *
   * @param current id of the login's version that should be in use
   */
  readonly unusedLogin: (login: Changed, tasks: number) => Promise<string | undefined>;
  /** ARN of the login among the secrets. */
  readonly login: string;
  readonly now: () => Date;
  readonly log: Log;
}

/** Hours after which a person hears that a new value is still not the one in use. */
const LONGEST_HOURS = 6;
const HOUR = 3600_000;

/** New values that do not get into use by themselves. The message says which and what to do. */
export class NotInUseError extends Error {
  override readonly name = 'NotInUseError';
}

/**
 * One run: sees which secrets changed, and brings each a step nearer to being the one in use. Everything it knows it reads
 * from Secrets Manager, ECS and the database, so that any run may be lost, repeated or cut off.
 *
 * @throws NotInUseError when deployments keep failing, or when a value is not in use after hours
 */
export async function redeploy(around: Surroundings): Promise<Decision['kind'] | 'done'> {
  const { services, log } = around;
  const changes = await changesOf(around.stores);
  if (changes.length === 0) return 'nothing';
  const named = changes.map(({ state }) => state.name);
  const since = new Date(Math.min(...changes.map(({ at }) => at.getTime())));
  // Deployments first: one that ends between the two looks leaves no task that the second could miss.
  const { deploying, failures } = await services.deployments(since);
  const tasks = await services.tasks();
  const decision = decide({
    now: around.now(),
    changes: changes.map(({ state, at }) => ({ secret: state.name, at })),
    deploying,
    tasks,
    failures,
  });
  switch (decision.kind) {
    case 'deploy':
      for (const service of decision.services) {
        log.info('deploying the service with new secrets', { service, secrets: named });
        await services.deploy(service);
      }
      break;
    case 'verify':
      return verify(around, changes, tasks.length);
    case 'stuck':
      throw new NotInUseError(
        `Deployments of ${decision.services.join(', ')} were undone again and again since ${named.join(', ')} changed. ` +
          'See why the last one failed; once the cause is gone, deploy: the new values come with any deployment.',
      );
    case 'wait':
      log.info('waiting', { reason: decision.reason, secrets: named });
  }
  refuseLate(around, changes, 'tasks run that started before the change');
  return decision.kind;
}

/** Every task started after the changes. What remains to be seen is the database's side. */
async function verify(around: Surroundings, changes: readonly Changed[], tasks: number): Promise<'verify' | 'done'> {
  const { log } = around;
  const login = changes.find(({ state }) => state.arn === around.login);
  const unused = login && (await around.unusedLogin(login, tasks));
  if (unused) log.warn('the new login is not the one in use yet', { secret: login.state.name, reason: unused });
  const inUse = unused ? changes.filter((each) => each !== login) : changes;
  const refused = await markDeployed(inUse);
  for (const { state, current } of inUse)
    if (!refused.includes(state.name)) log.info('the new value is in use', { secret: state.name, version: current });
  if (!unused) return refused.length > 0 ? 'verify' : 'done';
  refuseLate(around, [login], unused);
  return 'verify';
}

function refuseLate({ now }: Surroundings, changes: readonly Changed[], reason: string): void {
  const late = changes.filter(({ at }) => now().getTime() - at.getTime() > LONGEST_HOURS * HOUR);
  if (late.length === 0) return;
  throw new NotInUseError(
    `Not in use ${LONGEST_HOURS} hours after the change: ${late.map(({ state }) => state.name).join(', ')}. ${reason}. ` +
      'The value before it stays valid. Look for a deployment that does not end, or a command that began before the change.',
  );
}

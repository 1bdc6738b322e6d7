import { guarded, log } from '../common/log';
import { SecretStore, secretsManager } from '../common/secrets/store';
import { list, settings } from '../common/settings';
import { env } from './env';
import { type Retired, retire } from './retire';

const client = secretsManager();

/**
 * Takes out of every keyring the keys whose grace is over. It runs on a schedule; a run that finds nothing changes nothing.
 *
 * @throws after it went through all of them, when one could not be done
 */
export const handler = guarded(async (): Promise<readonly Retired[]> => {
  const { keyrings } = settings({
    keyrings: list(env.keyrings, 'arn:aws:secretsmanager:us-east-1:123456789012:secret:ums/prod/secret-key-AbCdEf'),
  });
  const done: Retired[] = [];
  const failures: unknown[] = [];
  for (const id of keyrings)
    try {
      const retired = await retire(new SecretStore(id, { client }), new Date());
      log.info(retired.kids.length > 0 ? 'keys are retired' : 'no key is due', { ...retired });
      done.push(retired);
    } catch (error) {
      log.error('a keyring could not be looked at', { secret: id }, error);
      failures.push(error);
    }
  if (failures.length > 0)
    throw new AggregateError(failures, failures.map((error) => (error as Error).message).join('\n'));
  return done;
});

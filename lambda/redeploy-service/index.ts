import { ECSClient } from '@aws-sdk/client-ecs';
import { parseLogin } from '../common/database-roles/login';
import { guarded, log } from '../common/log';
import { databaseAuthorities } from '../common/postgres/authorities';
import { SecretStore, secretsManager } from '../common/secrets/store';
import { list, settings, text, whole } from '../common/settings';
import type { Changed } from './changes';
import { env } from './env';
import { unusedLogin } from './login-in-use';
import { redeploy } from './redeploy';
import { Services } from './services';

const ecs = new ECSClient({ maxAttempts: 6 });
const client = secretsManager();

/** Brings new values of secrets into use. Runs every few minutes; each run judges anew and keeps no state. */
export const handler = guarded(async () => {
  const given = settings({
    cluster: text(env.cluster),
    services: list(env.services, 'ums-prod-web,ums-prod-worker-mailer'),
    secrets: list(env.secrets, 'arn:aws:secretsmanager:us-east-1:111122223333:secret:ums/prod/secret-key-AbCdEf'),
    login: text(env.login),
    users: list(env.users, 'app_a,app_b'),
    host: text(env.host),
    port: whole(env.port, 1, 65_535),
    database: text(env.database),
    pooled: text(env.pooled),
    region: text('AWS_REGION'),
  });
  const { host, port, database, users } = given;
  const unused = async ({ store, state, current }: Changed, tasks: number): Promise<string | undefined> => {
    const content = await store.read(current);
    if (!content) throw new Error(`Secret ${state.name}: version ${current} has no value; expected the current login`);
    const place = { host, port, database, authorities: databaseAuthorities(given.region) };
    return unusedLogin({ place, users, pooled: given.pooled === 'yes' }, parseLogin(content), tasks);
  };
  await redeploy({
    services: new Services(ecs, given.cluster, given.services),
    stores: given.secrets.map((id) => new SecretStore(id, { client })),
    login: given.login,
    unusedLogin: unused,
    now: () => new Date(),
    log,
  });
});

import { surroundings } from '../common/database-roles/settings';
import { guarded } from '../common/log';
import { rotate } from '../common/rotation/rotate';
import { secretsManager } from '../common/secrets/store';
import { DatabaseLogin } from './database-login';
import { proxyIfAny } from './proxy';

const client = secretsManager();

/** One step of the rotation of a login at the database, the application's or that of migrations. */
export const handler = guarded((event: unknown) => {
  const given = surroundings({ client });
  return rotate(new DatabaseLogin(given, proxyIfAny(given.place, { client })), event, { client });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { twins } from '../common/database-roles/env';
import type { Login } from '../common/database-roles/login';
import { PURPOSE } from '../common/database-roles/master';
import { proxyAuthorities } from '../common/postgres/authorities';
import { DatabaseError } from '../common/postgres/failure';
import { type Place, Session } from '../common/postgres/session';
import { RotationError } from '../common/rotation/event';
import type { RotationContext } from '../common/rotation/kind';
import { SecretDocument } from '../common/secrets/document';
import { SecretStore, type StoreOptions } from '../common/secrets/store';
import { list, settings, text } from '../common/settings';
import { env } from './env';

/** Milliseconds that RDS Proxy may take to see a secret's new value, and between tries. */
const PATIENCE = 60_000;
const PAUSE = 2_000;

/** RDS Proxy where there is one. It knows each twin from a secret of its own. */
export class DatabaseProxy {
  /**
   * @param secrets one for each twin, in their order
   * @param wait lets time pass, in milliseconds
   */
  constructor(
    private readonly place: Place,
    private readonly secrets: readonly SecretStore[],
    private readonly wait: (milliseconds: number) => Promise<unknown> = sleep,
  ) {}

  /** Tells the proxy the twin's new password. A repeated call puts the same value under the same version. */
  async learn({ username, password }: Login, { token, secret }: RotationContext): Promise<void> {
    const store = this.secrets[(twins.app as readonly string[]).indexOf(username)];
    if (!store) throw new Error(`${env.proxySecrets} has no secret for ${username}; expected one for each twin`);
    const value = SecretDocument.empty.with({ username, password }).serialize();
    if ((await store.put(token, value, ['AWSCURRENT'])) === 'taken')
      throw new RotationError(
        `Secret ${store.id}: version ${token} has another value than that of ${secret.name}. ` +
          `To begin anew: aws secretsmanager cancel-rotate-secret --secret-id ${secret.name}, then rotate it again`,
      );
  }

  /** @throws DatabaseError when the proxy does not let the login in after a minute */
  async letsIn(login: Login): Promise<void> {
    for (let waited = 0; ; waited += PAUSE) {
      try {
        await Session.within(this.place, login, PURPOSE, (session) => session.query('SELECT 1'));
        return;
      } catch (error) {
        // It learns of a new value after a while, and says until then that the password is wrong.
        const early = error instanceof DatabaseError && ['wrong-password', 'not-allowed'].includes(error.trouble);
        if (!early || waited >= PATIENCE) throw error;
        await this.wait(PAUSE);
      }
    }
  }
}

/** The proxy of the function's environment, if there is one. */
export function proxyIfAny(instance: Place, options: StoreOptions = {}): DatabaseProxy | undefined {
  if (!process.env[env.proxyHost] && !process.env[env.proxySecrets]) return undefined;
  const { host, secrets } = settings({
    host: text(env.proxyHost),
    secrets: list(env.proxySecrets, 'arn:…:secret:ums/prod/database/proxy/app-a-AbCdEf,arn:…:app-b-GhIjKl'),
  });
  return new DatabaseProxy(
    { ...instance, host, authorities: [...instance.authorities, ...proxyAuthorities()] },
    secrets.map((id) => new SecretStore(id, options)),
  );
}

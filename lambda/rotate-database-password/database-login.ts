import { twins } from '../common/database-roles/env';
import { type Login, newPassword, parseLogin, setPassword } from '../common/database-roles/login';
import { asMaster, PURPOSE } from '../common/database-roles/master';
import { type Purpose, purposeOf, twinOf } from '../common/database-roles/model';
import { isNew, reconcile } from '../common/database-roles/reconcile';
import { purposeOfSecret, type Surroundings } from '../common/database-roles/settings';
import { Session } from '../common/postgres/session';
import { RotationError } from '../common/rotation/event';
import type { RotationContext, SecretKind, Succession } from '../common/rotation/kind';
import { DEPLOYED } from '../common/secrets/deployed';
import { holderOf, type SecretState } from '../common/secrets/store';
import { provenRights } from './proof';
import type { DatabaseProxy } from './proxy';
import { trial } from './trial';

/**
 * A login at the database that alternates between twins: each rotation gives the one that is not in use a new password.
 * Whoever has the current one keeps it until the next rotation, so a deployment has time to bring the new one into use.
 */
export class DatabaseLogin implements SecretKind<Login> {
  readonly name = 'database login';
  readonly parse = parseLogin;

  /** @param proxy @default - the application connects to the instance */
  constructor(
    private readonly given: Surroundings,
    private readonly proxy?: DatabaseProxy,
  ) {}

  serialize({ username, password, document }: Login) {
    return document.with({ username, password }).serialize();
  }

  async create(current: Login, context: RotationContext): Promise<Login> {
    this.purpose(current, context.secret);
    return { username: twinOf(current.username), password: newPassword(), document: current.document };
  }

  /**
   * Brings the roles in order, for a right that somebody took or gave by hand would come with the twin, and gives the twin
   * its password.
   */
  async set({ current, pending }: Succession<Login>, context: RotationContext): Promise<void> {
    const { secret, log } = context;
    const purpose = this.purpose(current, secret);
    this.lastOneComplete(secret);
    await asMaster(this.given.place, this.given.master, async (session) => {
      await this.twinUnused(session, pending, secret);
      await reconcile(session, this.given.limits, log, async (statements) => {
        await this.stillWanted(purpose, context);
        // Somebody had dropped the role that is in use: whoever has its password gets in again.
        if (isNew(current.username, statements)) await setPassword(session, current);
        await setPassword(session, pending);
      });
    });
    log.info('the twin has its password', { login: pending.username });
    if (purpose === 'app') await this.proxy?.learn(pending, context);
  }

  /** Logs in as the twin, where the application does, and tries what it may and what it may not do. */
  async test({ current, pending }: Succession<Login>, { secret, log }: RotationContext): Promise<void> {
    const purpose = this.purpose(current, secret);
    await Session.within(this.given.place, pending, PURPOSE, async (session) => {
      await provenRights(session, purpose, pending.username);
      await trial(session, purpose);
    });
    if (purpose === 'app') await this.proxy?.letsIn(pending);
    log.info('the twin logs in and has the rights that it should have', { login: pending.username });
  }

  refusal({ current, pending }: Succession<Login>): string | undefined {
    const expected = twinOf(current.username);
    return pending.username === expected
      ? undefined
      : `it is a login of ${pending.username}; expected ${expected}, the twin of the current ${current.username}`;
  }

  private purpose({ username }: Login, secret: SecretState): Purpose {
    const purpose = purposeOfSecret(this.given, secret);
    if (!purpose)
      throw new RotationError(
        `Secret ${secret.name}: this function does not rotate it; expected the secret of a login at the database`,
      );
    if (purposeOf(username) !== purpose)
      throw new RotationError(
        `Secret ${secret.name}: the current login is ${username}; expected one of ${twins[purpose].join(', ')}. Put the right login back`,
      );
    return purpose;
  }

  /** Two rotations in a row would change the password of copies that have not seen the first yet. */
  private lastOneComplete(secret: SecretState): void {
    const deployed = holderOf(secret, DEPLOYED);
    if (deployed !== undefined && deployed !== holderOf(secret, 'AWSCURRENT'))
      throw new RotationError(
        `Secret ${secret.name}: the last rotation is not complete, version ${deployed} may still run. Expected ${DEPLOYED} and ` +
          'AWSCURRENT on one version. Secrets Manager repeats this step by itself; see why the deployment does not end',
      );
  }

  /** As long as somebody is logged in as the twin, somebody may log in again with the password that it has now. */
  private async twinUnused(session: Session, { username }: Login, { name }: SecretState): Promise<void> {
    // A proxy keeps sessions that nobody uses.
    if (this.proxy) return;
    const [found] = await session.query<{ count: number; oldest: Date | null }>(
      `SELECT count(*)::int AS count, min(backend_start) AS oldest FROM pg_catalog.pg_stat_activity
       WHERE usename = $1 AND application_name <> $2`,
      [username, PURPOSE],
    );
    if (found && found.count > 0)
      throw new RotationError(
        `Secret ${name}: ${username} still has ${found.count} sessions: copies that started before the last rotation would lose ` +
          'their way in. Secrets Manager repeats this step by itself; deploy the service anew, or end what runs that long. ' +
          `If nobody should be there: SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${username}'`,
      );
  }

  /** Asked under the roles' lock: whoever was held up for long must not undo what a later rotation did. */
  private async stillWanted(purpose: Purpose, { secret, token }: RotationContext): Promise<void> {
    const state = await this.given.secrets[purpose].describe();
    if (holderOf(state, 'AWSPENDING') === token || holderOf(state, 'AWSCURRENT') === token) return;
    throw new RotationError(`Secret ${secret.name}: version ${token} was given up meanwhile; nothing was changed`);
  }
}

import { log } from '../log';
import { SecretContentError } from '../secrets/document';
import type { Secret } from '../secrets/secret';
import { holderOf, type SecretState, SecretStore, type StoreOptions } from '../secrets/store';
import { checkedEvent, RotationError, type Step } from './event';
import type { RotationContext, SecretKind, Succession } from './kind';

/** How often the label is tried to be moved when others move it at the same time. */
const MOST_MOVES = 3;

/**
 * One step of a rotation, as Secrets Manager asks for it.
 *
 * The step may be repeated, run twice at once, or follow one that was cut off at any point: what is there already is
 * kept. The version `token` gets exactly one value, the first that was put, and AWSCURRENT moves to it once, from the
 * version that has it at that moment. AWSPENDING stays on the new version: Secrets Manager takes its removal for a
 * failure, and takes a version with both labels for a finished rotation.
 *
 * A pending version of another rotation is never taken over or thrown away, for a server may know its value already: the
 * error says how to let go of it.
 *
 * Where a rotation is set up that does not begin at once, Secrets Manager tries the function: it asks for testSecret alone,
 * with a pending version that it takes away again. That version has the current value, which no rotation makes.
 *
 * @throws RotationError when the secret is in no state for the step; nothing was changed then
 */
export async function rotate<Value>(
  kind: SecretKind<Value>,
  event: unknown,
  options: StoreOptions = {},
): Promise<void> {
  const { Step, SecretId, ClientRequestToken: token } = checkedEvent(event);
  const store = new SecretStore(SecretId, options);
  const secret = await stateFor(store, token, Step);
  const context = { secret, token, log: log.with({ secret: secret.name, version: token, step: Step }) };
  if (secret.versions.get(token)?.includes('AWSCURRENT')) {
    context.log.info('the rotation is finished already');
    return;
  }
  const rotation = new Rotation(kind, store, context);
  await rotation[Step]();
  context.log.info('the step is done');
}

/** The secret as it is, if this rotation may go on. */
async function stateFor(store: SecretStore, token: string, step: Step): Promise<SecretState> {
  const isStaged = ({ versions }: SecretState) =>
    versions.get(token)?.some((stage) => stage === 'AWSPENDING' || stage === 'AWSCURRENT') ?? false;
  // Secrets Manager labels the version just before it calls.
  const state = await store.until(() => store.describe(), isStaged);
  const { name } = state;
  const refuse = (problem: string, remedy: string) => new RotationError(`Secret ${name}: ${problem}. ${remedy}`);
  if (state.deleted)
    throw refuse('it waits for its deletion', `Restore it: aws secretsmanager restore-secret --secret-id ${name}`);
  // The trial of a rotation comes while it is being set up.
  if (!state.rotates && step !== 'testSecret')
    throw refuse(
      'no rotation is set up for it',
      'Deploy the stack that sets it up; a rotation without one would never be repeated',
    );
  if (!isStaged(state)) throw notStaged(state, token);
  return state;
}

function notStaged(state: SecretState, token: string): RotationError {
  const stages = state.versions.get(token);
  const found = stages ? `is labelled ${stages.join(', ') || 'nothing'}` : 'is unknown';
  const holder = holderOf(state, 'AWSPENDING');
  const begin = `aws secretsmanager rotate-secret --secret-id ${state.name}`;
  const remedy =
    holder && holder !== holderOf(state, 'AWSCURRENT')
      ? `Version ${holder} of another rotation is pending. Secrets Manager goes on with it by itself; to give it up: ${letGo(state, holder)} && ${begin}`
      : `Start a new rotation: ${begin}`;
  return new RotationError(`Secret ${state.name}: version ${token} ${found}; expected AWSPENDING. ${remedy}`);
}

const letGo = ({ name }: SecretState, version: string): string =>
  `aws secretsmanager update-secret-version-stage --secret-id ${name} --version-stage AWSPENDING --remove-from-version-id ${version}`;

const anew = (state: SecretState, version: string): string =>
  `${letGo(state, version)} && aws secretsmanager rotate-secret --secret-id ${state.name}`;

/** The steps of one rotation of one secret. */
class Rotation<Value> {
  constructor(
    private readonly kind: SecretKind<Value>,
    private readonly store: SecretStore,
    private readonly context: RotationContext,
  ) {}

  async createSecret(): Promise<void> {
    const { token, log } = this.context;
    const before = await this.store.read(token);
    if (before) {
      this.parsed(before, token);
      log.info('the version has its value already');
      return;
    }
    const current = await this.current(this.context.secret);
    const made = await this.kind.create(current, this.context);
    const result = await this.store.put(token, this.kind.serialize(made), ['AWSPENDING']);
    // Whoever was first with this version decided its value.
    if (result === 'taken') log.info('another invocation put the value');
  }

  async setSecret(): Promise<void> {
    await this.kind.set(await this.succession(this.context.secret), this.context);
  }

  async testSecret(): Promise<void> {
    if (await this.isTrial()) {
      this.context.log.info('a trial of the setup: the current value can be read');
      return;
    }
    await this.kind.test(await this.succession(this.context.secret), this.context);
  }

  async finishSecret(): Promise<void> {
    const { token, log } = this.context;
    let state = this.context.secret;
    for (let move = 0; move < MOST_MOVES; move++) {
      if (holderOf(state, 'AWSCURRENT') === token) return;
      await this.succession(state);
      const from = holderOf(state, 'AWSCURRENT');
      if ((await this.store.move('AWSCURRENT', { from, to: token })) === 'moved') {
        log.info('the new version is current', { before: from });
        return;
      }
      // Somebody else moved it since we looked: this rotation's twin, or a person who put a value.
      state = await this.store.until(
        () => this.store.describe(),
        (found) => holderOf(found, 'AWSCURRENT') !== from,
      );
    }
    if (holderOf(state, 'AWSCURRENT') === token) return;
    throw new RotationError(
      `Secret ${state.name}: AWSCURRENT could not be moved to version ${token}; it is on ${holderOf(state, 'AWSCURRENT') ?? 'no version'}. ` +
        'Secrets Manager repeats the step by itself; if this comes again, see who else changes the secret.',
    );
  }

  /** Whether the pending version has the current value. */
  private async isTrial(): Promise<boolean> {
    const { secret, token } = this.context;
    const version = holderOf(secret, 'AWSCURRENT');
    const [pending, current] = [await this.store.read(token), version && (await this.store.read(version))];
    if (!pending || !current || !pending.equals(current)) return false;
    this.parsed(current, token);
    return true;
  }

  /** The current value and this rotation's, when the one may follow the other. */
  private async succession(state: SecretState): Promise<Succession<Value>> {
    const { token } = this.context;
    const content = await this.store.until(
      () => this.store.read(token),
      (found) => found !== undefined,
    );
    if (!content)
      throw new RotationError(
        `Secret ${state.name}: pending version ${token} has no value; expected the one that createSecret puts. ` +
          `To begin anew: ${anew(state, token)}`,
      );
    const values = { pending: this.parsed(content, token), current: await this.current(state) };
    const refusal = this.kind.refusal(values, this.context);
    if (refusal)
      throw new RotationError(
        `Secret ${state.name}: pending version ${token} may not follow the current one: ${refusal}. ` +
          `To begin anew: ${anew(state, token)}`,
      );
    return values;
  }

  private async current(state: SecretState): Promise<Value> {
    const version = holderOf(state, 'AWSCURRENT');
    const content = version && (await this.store.read(version));
    if (!content)
      throw new RotationError(
        `Secret ${state.name}: no version with a value is AWSCURRENT; expected the value in use. ` +
          `Put one: aws secretsmanager put-secret-value --secret-id ${state.name} --secret-string file:///dev/stdin`,
      );
    return this.parsed(content, version);
  }

  private parsed(content: Secret, version: string): Value {
    try {
      return this.kind.parse(content);
    } catch (error) {
      if (!(error instanceof SecretContentError)) throw error;
      throw new RotationError(
        `Secret ${this.context.secret.name}, version ${version}: not the content of a ${this.kind.name}: ${error.mistakes.join('; ')}.` +
          (version === this.context.token ? ` To begin anew: ${anew(this.context.secret, version)}` : ''),
      );
    }
  }
}

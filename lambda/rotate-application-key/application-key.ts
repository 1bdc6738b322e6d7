import { compromisedBefore } from '../common/keyring/compromise';
import { type Keyring, kidOf, newKey, parseKeyring, serializeKeyring } from '../common/keyring/keyring';
import { type SuccessionRules, successor, whyNot } from '../common/keyring/succession';
import type { RotationContext, SecretKind } from '../common/rotation/kind';

export interface ApplicationKeyOptions {
  /** Days for which a key is accepted after the one that follows it. */
  readonly graceDays: number;
  /** @default - the clock */
  readonly now?: () => Date;
}

/** Keys with which an application signs. No server knows them, so there is nothing to set; the app reads what is current. */
export function applicationKey({ graceDays, now = () => new Date() }: ApplicationKeyOptions): SecretKind<Keyring> {
  const succession = ({ secret }: RotationContext): SuccessionRules => ({
    now: now(),
    graceDays,
    compromisedBefore: compromisedBefore(secret, now()),
  });
  return {
    name: 'application keyring',
    parse: parseKeyring,
    serialize: serializeKeyring,
    create: async (current, context) => {
      const rules = succession(context);
      const made = successor(current, newKey(), rules);
      context.log.info('a new key follows', {
        kid: kidOf(made.current.key),
        accepted: made.fallbacks.map(({ key, until }) => ({ kid: kidOf(key), until })),
        compromisedBefore: rules.compromisedBefore,
      });
      return made;
    },
    refusal: ({ pending, current }, context) => whyNot(pending, current, succession(context)),
    set: async () => undefined,
    test: async ({ pending }) => {
      // What the app will read is what stands there: a form that does not survive writing and reading would stop it.
      const read = parseKeyring(serializeKeyring(pending));
      const keys = (ring: Keyring) => [ring.current, ...ring.fallbacks].map(({ key }) => kidOf(key)).join();
      if (keys(read) !== keys(pending)) throw new Error('The pending keyring is not read as it was written');
    },
  };
}

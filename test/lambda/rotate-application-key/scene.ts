import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { env as retireEnv } from '../../../lambda/retire-application-key/env';
import { env as rotateEnv } from '../../../lambda/rotate-application-key/env';
import { bundledHandler } from '../../support/bundled-handler';
import { consoleLines } from '../../support/console-lines';
import { answering } from '../../support/secrets-manager/client';
import { rotation } from '../../support/secrets-manager/rotation';
import { SecretsManagerStandIn } from '../../support/secrets-manager/service';

export const NAME = 'ums/prod/secret-key';
export const START = new Date('2026-11-01T00:00:00Z');
/** What CloudFormation generates: see lib/constructs/secrets/application-secrets.ts. */
export const FIRST_KEY = 'CloudFormationMadeThisKeyOfLettersAndDigits0123456789abcdefghijk';
export const generated = (current = FIRST_KEY): string => JSON.stringify({ version: 1, fallbacks: [], current });

export interface ReadRing {
  readonly version: number;
  readonly current: string;
  readonly kid?: string;
  readonly since?: string;
  readonly fallbacks: readonly { readonly key: string; readonly kid: string; readonly until: string }[];
}

/** The keyring as an app reads it: a list, or a list as text. */
export function readRing(content: string | undefined): ReadRing {
  const ring = JSON.parse(content ?? '') as ReadRing & { fallbacks: unknown };
  return { ...ring, fallbacks: typeof ring.fallbacks === 'string' ? JSON.parse(ring.fallbacks) : ring.fallbacks };
}

/** Whether an app with this keyring accepts what a key signed. */
export const accepts = (content: string | undefined, key: string, now = new Date()): boolean => {
  const { current, fallbacks } = readRing(content);
  return current === key || fallbacks.some((each) => each.key === key && new Date(each.until) > now);
};

/** A stand-in with one keyring, and the two bundles beside it. Time is virtual. */
export class Scene {
  readonly service = new SecretsManagerStandIn();
  readonly arn: string;
  readonly lines: string[] = consoleLines();
  readonly retire = () => retireBundle(undefined);

  constructor(content: string = generated(), tags: Readonly<Record<string, string>> = {}, start: Date = START) {
    this.arn = this.service.add({ name: NAME, value: content, tags });
    jest.spyOn(SecretsManagerClient.prototype, 'send').mockImplementation(answering(this.service) as never);
    jest.useFakeTimers({ now: start, doNotFake });
    this.service.now = start.getTime();
    process.env[rotateEnv.graceDays] = '7';
    process.env[retireEnv.keyrings] = this.arn;
  }

  /**
   * @param invoke how a step is called. @default - as it is
   * @param attempts @default 1
   */
  rotate(invoke: (event: unknown) => Promise<unknown> = rotateBundle, attempts = 1): Promise<string> {
    return rotation(this.service, NAME, { invoke, attempts });
  }

  pass(days: number): void {
    const now = Date.now() + days * 24 * 3600_000;
    jest.setSystemTime(now);
    this.service.now = now;
  }

  /** What an app finds that starts now. */
  get ring(): ReadRing {
    return readRing(this.service.value(NAME));
  }

  accepts(key: string): boolean {
    return accepts(this.service.value(NAME), key);
  }
}

/** Everything but the clock. */
const doNotFake = [
  'clearImmediate',
  'clearInterval',
  'clearTimeout',
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'setInterval',
  'setTimeout',
] as const satisfies readonly string[] as never;

export const rotateBundle = bundledHandler<unknown>('rotate-application-key');
const retireBundle = bundledHandler<unknown>('retire-application-key');

export function clearScene(): void {
  jest.useRealTimers();
  jest.restoreAllMocks();
}

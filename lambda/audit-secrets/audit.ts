/** What Secrets Manager tells of a secret's age. */
export interface Aged {
  readonly name: string;
  /** When somebody deleted it. @default - nobody did */
  readonly deleted?: Date;
  readonly created: Date;
  /** Whether a rotation is set up. */
  readonly rotates: boolean;
  /** When a rotation ended last. @default - never */
  readonly rotated?: Date;
  /** When the current value was put. @default - there is none */
  readonly valueSince?: Date;
}

/** What was found of one secret. */
export interface Verdict {
  readonly secret: string;
  /** Whole days until something is late; negative when it is. */
  readonly daysLeft: number;
  /** What a person has to do, when somebody has. */
  readonly todo?: string;
}

const DAY = 24 * 3600_000;
/** Secrets Manager tries a failed rotation again for a while; after this it needs a person. */
export const GRACE_DAYS = 2;
/** Days before a value is due at which a person is asked: two weeks reach over a holiday. */
export const WARNING_DAYS = 14;

const daysBetween = (from: Date, to: Date): number => Math.floor((to.getTime() - from.getTime()) / DAY);

/** Judges a secret that rotates by itself every so many days. */
export function judgeRotating(secret: Aged, everyDays: number, now: Date): Verdict {
  const { name, deleted, rotates, created, rotated } = secret;
  const last = rotated ?? created;
  const daysLeft = everyDays + GRACE_DAYS - daysBetween(last, now);
  const verdict = (todo?: string, left = daysLeft): Verdict => ({ secret: name, daysLeft: left, todo });
  if (deleted) return verdict(restoring(name), Math.min(daysLeft, -1));
  if (!rotates)
    return verdict(
      `${name} has no rotation. Deploy the data stack, which sets it up again: npx cdk deploy '<environment>/*'`,
      Math.min(daysLeft, -1),
    );
  if (daysLeft >= 0) return verdict();
  return verdict(
    `${name} last rotated on ${dateOf(last)}, ${daysBetween(last, now)} days ago; it should every ${everyDays}. ` +
      `See why in the log of its function, then: aws secretsmanager rotate-secret --secret-id ${name}`,
  );
}

/** Judges a secret whose value a person puts, and that may be used for so many days. */
export function judgeByHand({ name, deleted, valueSince }: Aged, days: number, now: Date): Verdict | undefined {
  if (deleted) return { secret: name, daysLeft: -1, todo: restoring(name) };
  // Without a value no version starts, and the deployment says so.
  if (!valueSince) return undefined;
  const daysLeft = days - daysBetween(valueSince, now);
  if (daysLeft > WARNING_DAYS) return { secret: name, daysLeft };
  const when = daysLeft < 0 ? `was due ${-daysLeft} days ago` : `is due in ${daysLeft} days`;
  return {
    secret: name,
    daysLeft,
    todo:
      `${name} ${when}: its value is of ${dateOf(valueSince)}. Make a new key at the provider, put it, wait until it is in use, ` +
      `then end the old one: read -rs VALUE; printf %s "$VALUE" | aws secretsmanager put-secret-value --secret-id ${name} --secret-string file:///dev/stdin`,
  };
}

const restoring = (name: string): string =>
  `${name} waits for its deletion. Restore it: aws secretsmanager restore-secret --secret-id ${name}`;

const dateOf = (moment: Date): string => moment.toISOString().slice(0, 10);

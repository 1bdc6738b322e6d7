import { z } from 'zod';

/** What an operator reads when a value is refused: what would have been right, and one value that is. */
export interface Expectation {
  readonly expected: string;
  readonly example: unknown;
}

/** Attaches the expectation that the parser prints when the value is refused. */
export function expecting<T extends z.ZodType>(schema: T, expected: string, example: unknown): T {
  return schema.meta({ expected, example }) as T;
}

/** Text that matches a pattern. */
export function pattern(regex: RegExp, expected: string, example: string) {
  return expecting(z.string().regex(regex), expected, example);
}

/** A whole number between two bounds, both included. */
export function whole(min: number, max: number, unit: string, example: number) {
  return expecting(
    z.number().int().min(min).max(max),
    `a whole number${unit && ` of ${unit}`} from ${min} to ${max}`,
    example,
  );
}

/** Free text between two lengths, both included. */
export function text(min: number, max: number, expected: string, example: string) {
  return expecting(z.string().trim().min(min).max(max), `${expected}, ${min} to ${max} characters`, example);
}

/** On or off, for what is a matter of taste or price; a protection is a `protection`. */
export const onOrOff = expecting(z.boolean(), 'true or false', true);

/** A list in which every value stands once. */
export function unique<T extends z.ZodType>(item: T) {
  return z.array(item).refine((values) => new Set(values.map((v) => JSON.stringify(v))).size === values.length, {
    message: 'a list in which each value stands once',
    // Judged even when an item is mistaken, so that both are told at once.
    when: ({ value }) => Array.isArray(value),
  });
}

/** A list with something in it. */
export function some<T extends z.ZodType>(item: T, expected: string, example: unknown) {
  return expecting(z.array(item).min(1), expected, [example]);
}

const REASON_MIN = 12;

/** A reason that a reviewer can judge: a sentence, not a word. */
export const reason = expecting(
  z.string().trim().min(REASON_MIN).max(400),
  `a sentence of at least ${REASON_MIN} characters that a reviewer can judge`,
  'No payment data is stored before the launch in March',
);

/**
 * A protection that is on unless somebody writes down why not.
 * There is no bare `false`: the reason is read in the pull request and printed at each synth.
 */
export const protection = expecting(
  z.discriminatedUnion('enabled', [
    z.strictObject({
      /** On. */
      enabled: z.literal(true),
    }),
    z.strictObject({
      /** Off, for the reason beside it. */
      enabled: z.literal(false),
      /** Why it may be off: read in the pull request and printed at each synth. */
      reason,
    }),
  ]),
  '{ enabled: true } or { enabled: false, reason: "…" }',
  { enabled: false, reason: 'No payment data is stored before the launch in March' },
);
export type Protection = z.infer<typeof protection>;

export const tierNames = ['development', 'staging', 'production'] as const;
/** Says which checklist rows an environment must hold. Moving one to a weaker tier is a dangerous change. */
export type Tier = (typeof tierNames)[number];

/** One default for each tier. */
export type ByTier<T> = Readonly<Record<Tier, T>>;

export const hostName = (example: string) =>
  pattern(/^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/, 'a host name in lower case', example);

export const emailAddress = pattern(
  /^[^\s@"<>()]+@[^\s@"<>()]+\.[^\s@"<>()]+$/,
  'an e-mail address',
  'oncall@example.com',
);

/** Paths reach the proxy's configuration and load balancer rules, so only characters that mean themselves there. */
export const urlPath = (example: string) =>
  pattern(
    /^(?!.*\/\/)(?!.*\/\.\.?(\/|$))\/[A-Za-z0-9/_.~-]{0,127}$/,
    'an absolute path of letters, digits and / _ . ~ -',
    example,
  );

const word = expecting(z.string().min(1).max(1024), 'a word of the command in quotes', 'flask');
export const command = expecting(z.array(word).min(1).max(64), 'a command as a list of words', [
  'flask',
  'db',
  'upgrade',
]);

export const partName = pattern(
  /^(?!.*--)[a-z]([a-z0-9-]{0,22}[a-z0-9])?$/,
  'up to 24 lower-case letters and digits, with single hyphens between them',
  'mailer',
);

export const variableName = (example: string) =>
  pattern(/^[A-Z][A-Z0-9_]{0,63}$/, 'an environment variable name in upper case', example);

const octet = '(25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const ipv4 = new RegExp(`^(${octet}\\.){3}${octet}$`);
const ipv4Network = new RegExp(`^(${octet}\\.){3}${octet}/([1-9]|[12]\\d|3[0-2])$`);
const ipv6 = z.ipv6();
const ipv6Network = z.cidrv6().refine((network) => !network.endsWith('/0'));

const NETWORK = 'an IPv4 or IPv6 network in CIDR notation, not the whole internet';

/** A network. A single address is the commonest slip, and is told how to be written as one. */
export const cidr = expecting(
  z.string().check(({ value, issues }) => {
    if (ipv4Network.test(value) || ipv6Network.safeParse(value).success) return;
    const alone = ipv4.test(value) ? `${value}/32` : ipv6.safeParse(value).success ? `${value}/128` : undefined;
    const message = alone === undefined ? NETWORK : `a network, and not an address: ${alone} is this address alone`;
    issues.push({ code: 'custom', message, input: value, params: alone === undefined ? {} : { example: alone } });
  }),
  NETWORK,
  '203.0.113.0/24',
);

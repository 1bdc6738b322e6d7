import { groups, twins } from './env';

/** What a login is for. */
export type Purpose = keyof typeof twins;

export const purposes = Object.keys(twins) as readonly Purpose[];

/** The logins of every purpose. */
export const logins: readonly string[] = purposes.flatMap((purpose) => twins[purpose]);

/** Roles that nobody logs in as. */
export const groupNames: readonly string[] = purposes.map((purpose) => groups[purpose]);

/** What a login is for, or nothing when it is none of ours. */
export const purposeOf = (login: string): Purpose | undefined =>
  purposes.find((purpose) => (twins[purpose] as readonly string[]).includes(login));

/** The other login of the same purpose. */
export function twinOf(login: string): string {
  const purpose = purposeOf(login);
  const twin = purpose && (twins[purpose] as readonly string[]).find((each) => each !== login);
  if (!twin) throw new Error(`'${login}' is no login of the kit; expected one of ${logins.join(', ')}`);
  return twin;
}

/** What each login of a purpose may use. */
export interface Limits {
  /** Connections at once. */
  readonly connections: number;
  /** Seconds for one statement. */
  readonly statementSeconds: number;
  /** Seconds that a transaction may sit idle. */
  readonly idleSeconds: number;
}

/** Rights on tables and on sequences of the group that reads and writes. */
export const READ_WRITE = {
  tables: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  sequences: ['USAGE', 'SELECT'],
} as const;

/**
 * Where names without a schema are looked for. Not the default, which begins with a schema named after the role: whoever
 * may make schemas could put tables there that hide the real ones. Temporary tables come last for the same reason.
 */
export const SEARCH_PATH = 'public, pg_temp';

/** The schema of tables that applications make unless told otherwise. */
export const APPLICATION_SCHEMA = 'public';

/** A schema and a table of the kit, in which a rotation tries whether a login can write. It stays empty. */
export const TRIAL = { schema: 'breakwater', table: 'login_trial' } as const;

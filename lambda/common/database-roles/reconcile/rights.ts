import { identifier } from '../../postgres/identifier';
import { groups } from '../env';
import { APPLICATION_SCHEMA, logins, READ_WRITE } from '../model';
import type { Part } from './part';

/** One right as PostgreSQL stores it. */
export interface Right {
  /** Nothing for PUBLIC. */
  readonly grantee: string | null;
  readonly privilege: string;
  /** Whether it may be handed on. */
  readonly grantable: boolean;
}

/** Rights by role, and by `PUBLIC`. Of a role that is not named here none is looked at. */
export type Wanted = Readonly<Record<string, readonly string[]>>;

const PUBLIC = 'PUBLIC';

/** Rights that nobody should have but through the groups. */
export const none: Wanted = Object.fromEntries([PUBLIC, ...logins].map((role) => [role, []]));

/** Roles whose rights are looked at. */
export const watched: readonly string[] = [...Object.values(groups), ...logins];

/** JSON of the rights in a column of access rights, as far as they are watched (`$1`). */
export const rightsIn = (acl: string): string =>
  `(SELECT coalesce(json_agg(json_build_object('grantee', r.rolname, 'privilege', a.privilege_type,
      'grantable', a.is_grantable)), '[]')
    FROM aclexplode(${acl}) a LEFT JOIN pg_catalog.pg_roles r ON r.oid = a.grantee
    WHERE a.grantee = 0 OR r.rolname = ANY($1)) AS rights`;

/**
 * What makes the rights on a thing those that are wanted.
 *
 * @param statement how a statement begins and ends around `GRANT` or `REVOKE` and what it names
 */
export function difference(
  wanted: Wanted,
  found: readonly Right[],
  statement: (verb: 'GRANT' | 'REVOKE' | 'REVOKE GRANT OPTION FOR', privileges: string, role: string) => string,
): readonly string[] {
  return Object.entries(wanted).flatMap(([role, privileges]) => {
    const has = found.filter(({ grantee }) => (grantee ?? PUBLIC) === role);
    const name = role === PUBLIC ? PUBLIC : identifier(role);
    const list = (verb: Parameters<typeof statement>[0], which: readonly string[]) =>
      which.length > 0 ? [statement(verb, [...new Set(which)].join(', '), name)] : [];
    const names = (rights: readonly Right[]) => rights.map(({ privilege }) => privilege);
    return [
      ...list('REVOKE', names(has.filter(({ privilege }) => !privileges.includes(privilege)))),
      ...list(
        'REVOKE GRANT OPTION FOR',
        names(has.filter(({ privilege, grantable }) => grantable && privileges.includes(privilege))),
      ),
      ...list(
        'GRANT',
        privileges.filter((privilege) => !names(has).includes(privilege)),
      ),
    ];
  });
}

/** `GRANT … ON <object> TO …` and its opposites. */
const on =
  (object: string) =>
  (verb: string, privileges: string, role: string): string =>
    verb === 'GRANT'
      ? `GRANT ${privileges} ON ${object} TO ${role}`
      : `${verb} ${privileges} ON ${object} FROM ${role} CASCADE`;

interface Rights {
  readonly object: string;
  readonly rights: readonly Right[];
}

/**
 * Who may enter the database: the groups. Migrations may make schemas, extensions that PostgreSQL trusts, and temporary
 * tables; the application none of these.
 */
export const databaseRights: Part = async (session) => {
  const found = await session.query<Rights>(
    `SELECT format('DATABASE %I', datname) AS object, ${rightsIn(`coalesce(datacl, acldefault('d', datdba))`)}
     FROM pg_catalog.pg_database WHERE datname = current_database()`,
    [watched],
  );
  const wanted = {
    ...none,
    [groups.app]: ['CONNECT'],
    [groups.migrate]: ['CONNECT', 'CREATE', 'TEMPORARY'],
  };
  return found.flatMap(({ object, rights }) => difference(wanted, rights, on(object)));
};

/** Schemas whose tables are the application's: `public`, and whatever migrations made. */
export const APPLICATION_SCHEMAS = `SELECT oid, nspname, nspowner, nspacl FROM pg_catalog.pg_namespace
  WHERE nspname = '${APPLICATION_SCHEMA}' OR pg_catalog.pg_get_userbyid(nspowner) = '${groups.migrate}'`;

/** Who may look into schemas, and who may make things there. */
export const schemaRights: Part = async (session) => {
  const found = await session.query<Rights & { own: boolean }>(
    `SELECT format('SCHEMA %I', n.nspname) AS object, pg_catalog.pg_get_userbyid(n.nspowner) = '${groups.migrate}' AS own,
       ${rightsIn(`coalesce(n.nspacl, acldefault('n', n.nspowner))`)}
     FROM (${APPLICATION_SCHEMAS}) n ORDER BY 1`,
    [watched],
  );
  return found.flatMap(({ object, own, rights }) =>
    difference(
      { ...none, [groups.app]: ['USAGE'], ...(own ? {} : { [groups.migrate]: ['USAGE', 'CREATE'] }) },
      rights,
      on(object),
    ),
  );
};

/** What belongs to an extension is the extension's matter. */
export const NOT_OF_EXTENSION = (catalog: string, oid: string): string =>
  `NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.${catalog}'::regclass
     AND d.objid = ${oid} AND d.deptype = 'e')`;

/** Rights on each table, view and sequence that there is; on those to come see `defaultRights`. */
export const tableRights: Part = async (session) => {
  const found = await session.query<Rights & { sequence: boolean }>(
    `SELECT format('%s %I.%I', CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, n.nspname, c.relname) AS object,
       c.relkind = 'S' AS sequence,
       ${rightsIn(`coalesce(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner))`)}
     FROM pg_catalog.pg_class c JOIN (${APPLICATION_SCHEMAS}) n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND pg_catalog.pg_get_userbyid(c.relowner) = '${groups.migrate}'
       AND ${NOT_OF_EXTENSION('pg_class', 'c.oid')} ORDER BY 1`,
    [watched],
  );
  return found.flatMap(({ object, sequence, rights }) =>
    difference({ ...none, [groups.app]: sequence ? READ_WRITE.sequences : READ_WRITE.tables }, rights, on(object)),
  );
};

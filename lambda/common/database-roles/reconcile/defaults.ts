import { identifier } from '../../postgres/identifier';
import { groups } from '../env';
import { READ_WRITE } from '../model';
import type { Part } from './part';
import { difference, none, type Right, rightsIn, watched } from './rights';

/** What PostgreSQL calls the things, by its letter for them, and the rights on each that the application has. */
const kinds: Readonly<Record<string, { readonly things: string; readonly wanted: readonly string[] }>> = {
  r: { things: 'TABLES', wanted: READ_WRITE.tables },
  S: { things: 'SEQUENCES', wanted: READ_WRITE.sequences },
  n: { things: 'SCHEMAS', wanted: ['USAGE'] },
};

interface Defaults {
  readonly kind: string;
  /** Nothing where they hold in every schema. */
  readonly schema: string | null;
  readonly rights: readonly Right[];
}

/** Rights on what migrations will make: the application can use a table from the moment in which it is there. */
export const defaultRights: Part = async (session) => {
  const found = await session.query<Defaults>(
    `SELECT d.defaclobjtype AS kind, n.nspname AS schema, ${rightsIn('d.defaclacl')}
     FROM pg_catalog.pg_default_acl d LEFT JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace
     WHERE pg_catalog.pg_get_userbyid(d.defaclrole) = '${groups.migrate}' ORDER BY 1, 2`,
    [watched],
  );
  return Object.entries(kinds).flatMap(([kind, { things, wanted }]) => {
    const everywhere = found.find((each) => each.kind === kind && each.schema === null);
    const inSchemas = found.filter((each) => each.kind === kind && each.schema !== null);
    return [
      ...difference({ ...none, [groups.app]: wanted }, everywhere?.rights ?? [], statement(things, null)),
      // In a single schema further rights can be added, none taken away: there should be none.
      ...inSchemas.flatMap(({ schema, rights }) =>
        difference({ ...none, [groups.app]: [] }, rights, statement(things, schema)),
      ),
    ];
  });
};

const statement =
  (things: string, schema: string | null) =>
  (verb: string, privileges: string, role: string): string => {
    const where = schema === null ? '' : ` IN SCHEMA ${identifier(schema)}`;
    const what = `${verb} ${privileges} ON ${things} ${verb === 'GRANT' ? 'TO' : 'FROM'} ${role}`;
    return `ALTER DEFAULT PRIVILEGES FOR ROLE ${identifier(groups.migrate)}${where} ${what}`;
  };

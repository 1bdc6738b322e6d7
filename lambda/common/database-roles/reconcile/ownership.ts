import { identifier } from '../../postgres/identifier';
import { groups } from '../env';
import { logins, TRIAL } from '../model';
import type { Part } from './part';
import { APPLICATION_SCHEMAS, NOT_OF_EXTENSION } from './rights';

const OWNER = identifier(groups.migrate);

/**
 * What a login owns itself, and so its twin can't change: made after `SET ROLE NONE`, or before there was a group. It goes to
 * the group. For that the master becomes a member for a moment.
 */
export const strays: Part = async (session) => {
  const found = await session.query<{ role: string }>(
    `SELECT DISTINCT r.rolname AS role FROM pg_catalog.pg_shdepend d JOIN pg_catalog.pg_roles r ON r.oid = d.refobjid
     WHERE d.refclassid = 'pg_catalog.pg_authid'::regclass AND d.deptype = 'o' AND r.rolname = ANY($1)
       AND d.dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()) ORDER BY 1`,
    [[groups.app, ...logins]],
  );
  return found.flatMap(({ role }) => [
    `GRANT ${identifier(role)} TO CURRENT_USER WITH INHERIT TRUE, SET TRUE`,
    `REASSIGN OWNED BY ${identifier(role)} TO ${OWNER}`,
    `REVOKE ${identifier(role)} FROM CURRENT_USER GRANTED BY CURRENT_USER`,
  ]);
};

/** What the master made by hand in the application's schemas: tables, views, sequences, functions, types. */
export const masterMade: Part = async (session) => {
  const found = await session.query<{ object: string }>(
    `WITH n AS (${APPLICATION_SCHEMAS}), me AS (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = current_user)
     SELECT format('%s %I.%I', CASE c.relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
         WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END, n.nspname, c.relname) AS object
     FROM pg_catalog.pg_class c JOIN n ON n.oid = c.relnamespace JOIN me ON me.oid = c.relowner
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND ${NOT_OF_EXTENSION('pg_class', 'c.oid')}
       -- A sequence that belongs to a column goes with its table.
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass
         AND d.objid = c.oid AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.deptype IN ('a', 'i'))
     UNION ALL
     SELECT format('ROUTINE %I.%I(%s)', n.nspname, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid))
     FROM pg_catalog.pg_proc p JOIN n ON n.oid = p.pronamespace JOIN me ON me.oid = p.proowner
     WHERE ${NOT_OF_EXTENSION('pg_proc', 'p.oid')}
     UNION ALL
     SELECT format('%s %I.%I', CASE t.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END, n.nspname, t.typname)
     FROM pg_catalog.pg_type t JOIN n ON n.oid = t.typnamespace JOIN me ON me.oid = t.typowner
     LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
     WHERE (t.typtype IN ('d', 'e', 'r') OR c.relkind = 'c') AND ${NOT_OF_EXTENSION('pg_type', 't.oid')}
     ORDER BY 1`,
  );
  return found.map(({ object }) => `ALTER ${object} OWNER TO ${OWNER}`);
};

/** The table in which a rotation tries whether a login can read and write. It is made as migrations make theirs. */
export const trialTable: Part = async (session) => {
  const name = `${identifier(TRIAL.schema)}.${identifier(TRIAL.table)}`;
  const [found] = await session.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [name]);
  if (found?.there) return [];
  return [
    `CREATE SCHEMA IF NOT EXISTS ${identifier(TRIAL.schema)} AUTHORIZATION ${OWNER}`,
    `SET LOCAL ROLE ${OWNER}`,
    `CREATE TABLE ${name} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note text NOT NULL)`,
    'RESET ROLE',
  ];
};

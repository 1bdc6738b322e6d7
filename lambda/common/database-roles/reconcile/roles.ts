import { identifier } from '../../postgres/identifier';
import { groups } from '../env';
import { groupNames, logins, purposeOf } from '../model';
import type { Part } from './part';

/** The roles themselves, so that later parts find them. */
export const missingRoles: Part = async (session) => {
  const wanted = [...groupNames, ...logins];
  const found = await session.query<{ name: string }>(
    'SELECT rolname AS name FROM pg_catalog.pg_roles WHERE rolname = ANY($1)',
    [wanted],
  );
  const missing = wanted.filter((role) => !found.some(({ name }) => name === role));
  return missing.map((role) => `CREATE ROLE ${identifier(role)} ${groupNames.includes(role) ? 'NOLOGIN' : 'LOGIN'}`);
};

interface Attributes {
  readonly name: string;
  readonly administered: boolean;
  readonly connections: number;
  readonly expires: boolean;
  readonly has: Readonly<Record<string, boolean>>;
}

/** Attributes by which a role can do more than its rights say. */
const DANGEROUS = ['SUPERUSER', 'CREATEROLE', 'CREATEDB', 'REPLICATION', 'BYPASSRLS'] as const;

/**
 * What each role may do besides its rights: nothing. Logins log in, as often at once as they may; groups do not.
 *
 * @throws when a role was made by somebody else and is not ours to change
 */
export const attributes: Part = async (session, limits) => {
  const roles = await session.query<Attributes>(
    `SELECT rolname AS name, pg_has_role(current_user, oid, 'MEMBER WITH ADMIN OPTION') AS administered,
       rolconnlimit AS connections, coalesce(rolvaliduntil <> 'infinity', false) AS expires,
       json_build_object('SUPERUSER', rolsuper, 'CREATEROLE', rolcreaterole, 'CREATEDB', rolcreatedb,
         'REPLICATION', rolreplication, 'BYPASSRLS', rolbypassrls, 'LOGIN', rolcanlogin, 'INHERIT', rolinherit) AS has
     FROM pg_catalog.pg_roles WHERE rolname = ANY($1) ORDER BY rolname`,
    [[...groupNames, ...logins]],
  );
  const foreign = roles.filter(({ administered }) => !administered).map(({ name }) => name);
  if (foreign.length > 0)
    throw new Error(
      `Role ${foreign.join(', ')}: made by somebody else than the master, who may not change it. Expected roles that the master ` +
        `administers. As whoever made it: ${foreign.map((name) => `GRANT ${identifier(name)} TO <master> WITH ADMIN OPTION`).join('; ')}`,
    );
  return roles.flatMap(({ name, connections, expires, has }) => {
    const purpose = purposeOf(name);
    const login = purpose !== undefined;
    const options = [
      ...DANGEROUS.filter((each) => has[each]).map((each) => `NO${each}`),
      ...(has.LOGIN === login ? [] : [login ? 'LOGIN' : 'NOLOGIN']),
      ...(has.INHERIT ? [] : ['INHERIT']),
      ...(purpose && connections !== limits[purpose].connections
        ? [`CONNECTION LIMIT ${limits[purpose].connections}`]
        : []),
      ...(expires ? [`VALID UNTIL 'infinity'`] : []),
    ];
    return options.length > 0 ? [`ALTER ROLE ${identifier(name)} ${options.join(' ')}`] : [];
  });
};

/** The master acts for the owner of all tables: it sets their rights and the rights of those to come. */
export const masterOwns: Part = async (session) => {
  const [found] = await session.query<{ enough: boolean }>(
    `SELECT coalesce(bool_or(m.inherit_option) AND bool_or(m.set_option), false) AS enough
     FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles g ON g.oid = m.roleid
     WHERE g.rolname = $1 AND pg_catalog.pg_get_userbyid(m.member) = current_user`,
    [groups.migrate],
  );
  return found?.enough ? [] : [`GRANT ${identifier(groups.migrate)} TO CURRENT_USER WITH INHERIT TRUE, SET TRUE`];
};

interface Membership {
  readonly member: string;
  readonly group: string;
  readonly grantor: string;
  readonly right: boolean;
}

/**
 * Each login is a member of its group and of nothing else: it has the group's rights, may become the group, and may let
 * nobody else in. Groups are members of nothing.
 */
export const memberships: Part = async (session) => {
  const found = await session.query<Membership>(
    `SELECT r.rolname AS member, g.rolname AS "group", pg_catalog.pg_get_userbyid(m.grantor) AS grantor,
       m.inherit_option AND m.set_option AND NOT m.admin_option AS right
     FROM pg_catalog.pg_auth_members m
     JOIN pg_catalog.pg_roles r ON r.oid = m.member JOIN pg_catalog.pg_roles g ON g.oid = m.roleid
     WHERE r.rolname = ANY($1) ORDER BY 1, 2, 3`,
    [[...groupNames, ...logins]],
  );
  const groupOf = (member: string) => {
    const purpose = purposeOf(member);
    return purpose && groups[purpose];
  };
  const isWanted = ({ member, group, right }: Membership) => right && group === groupOf(member);
  const extra = found.filter((each) => !isWanted(each));
  const lacking = logins.filter((login) => !found.some((each) => each.member === login && isWanted(each)));
  return [
    ...extra.map(
      ({ member, group, grantor }) =>
        `REVOKE ${identifier(group)} FROM ${identifier(member)} GRANTED BY ${identifier(grantor)} CASCADE`,
    ),
    ...lacking.map(
      (login) =>
        `GRANT ${identifier(groupOf(login) as string)} TO ${identifier(login)} WITH ADMIN FALSE, INHERIT TRUE, SET TRUE`,
    ),
  ];
};

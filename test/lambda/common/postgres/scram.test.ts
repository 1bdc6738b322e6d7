import { spawnSync } from 'node:child_process';
import { identifier, literal } from '../../../../lambda/common/postgres/identifier';
import { verifierOf } from '../../../../lambda/common/postgres/scram';
import { Secret } from '../../../../lambda/common/secrets/secret';
import { executable } from '../../../../lib/commands/try/find-nginx';
import { PostgresServer } from '../../../support/postgres/server';
import { foundIn } from '../../../support/secrets-manager/spellings';

let server: PostgresServer;
beforeAll(async () => {
  server = await PostgresServer.start();
});
afterAll(() => server.stop());

const passwords = [
  ['letters and digits', 'a7Gk2mQ9xZ4pL1vB8nC3tR6yW5sD0fHjKqEuIoAzXcVbNmMl'],
  ['quotes, backslashes and dollars', `it's "quoted" \\ $$ $1 %s -- ; /* */ E'\\x'`],
  ['128 characters', 'x1'.repeat(64)],
  ['a thousand characters', 'y'.repeat(1000)],
  ['letters of many languages', 'пароль-密码-κωδικός-contraseña'],
  ['what a URL would misread', 'a@b:c/d?e#f%20g&h=i+j'],
  ['one character', 'z'],
] as const;

describe.each(passwords)('a password of %s', (_, text) => {
  it('lets in by the verifier, with the driver and with libpq, and stands in no log', async () => {
    const secret = new Secret(text);
    const verifier = verifierOf(secret);
    expect(verifier).toMatch(/^SCRAM-SHA-256\$4096:[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$/);
    await server.asSuperuser(async (client) => {
      await client.query('DROP ROLE IF EXISTS tried');
      await client.query(`CREATE ROLE tried LOGIN PASSWORD ${literal(verifier)}`);
    });
    await server.session({ username: 'tried', password: text }, (client) => client.query('SELECT 1'));
    await expect(server.connect({ username: 'tried', password: `${text}x` })).rejects.toThrow('authentication failed');
    const psql = executable('psql');
    if (psql) {
      const { status, stderr } = spawnSync(
        psql,
        ['-w', '-h', 'localhost', '-p', String(server.port), '-U', 'tried', '-c', 'SELECT 1', 'app'],
        {
          encoding: 'utf8',
          env: { ...process.env, PGPASSWORD: text, PGSSLMODE: 'require', PGCLIENTENCODING: 'UTF8' },
        },
      );
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    }
    // One character stands everywhere.
    if (text.length > 8) expect(foundIn(server.log(), [text])).toEqual([]);
  });
});

it('is the verifier that the server itself makes of the password', async () => {
  await server.asSuperuser(async (client) => {
    await client.query(`CREATE ROLE known PASSWORD 'a password of the server'`);
    const { rows } = await client.query(`SELECT rolpassword AS stored FROM pg_authid WHERE rolname = 'known'`);
    const [, salt = ''] = /^SCRAM-SHA-256\$4096:([^$]+)/.exec(rows[0].stored) ?? [];
    expect(verifierOf(new Secret('a password of the server'), Buffer.from(salt, 'base64'))).toBe(rows[0].stored);
  });
});

it.each([
  ['a control character', 'line\nbreak'],
  ['NUL', 'nul\0'],
  ['a soft hyphen', 'soft\u00adhyphen'],
  ['a space of another kind', 'no\u00a0break'],
  ['a letter in two parts', 'e\u0301galite'],
  ['a ligature', '\ufb01ne'],
  ['half a character', 'half\ud83d'],
  ['a joiner', 'a\u200db'],
])('refuses %s, which clients read in different ways, without quoting it', (_, text) => {
  let message = '';
  try {
    verifierOf(new Secret(text));
  } catch (error) {
    ({ message } = error as Error);
  }
  expect(message).toContain('characters that clients read in different ways');
  expect(message).not.toContain(text);
});

describe('names and texts in statements', () => {
  it.each([
    'plain',
    'UPPER',
    'with "quotes"',
    `it's`,
    'ünïcödé 名前',
    'a; DROP TABLE x; --',
    '\\',
    'x'.repeat(63),
    '$1 %I',
  ])('come back from the server as they were: %s', async (name) => {
    await server.session(server.master, async (client) => {
      const { rows } = await client.query(`SELECT 1 AS ${identifier(name)}, ${literal(name)} AS "text of it"`);
      expect(rows).toEqual([{ [name]: 1, 'text of it': name }]);
    });
  });

  it.each(['', 'x'.repeat(64), 'é'.repeat(32), 'nul\0', 'half\ud83d', 'y'.repeat(128)])(
    'are refused when PostgreSQL could not have them',
    (name) => {
      expect(() => identifier(name)).toThrow(/can't be a name in PostgreSQL: found \d+ bytes; expected 1 to 63 bytes/);
    },
  );
});

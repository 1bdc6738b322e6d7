import { createServer, type Server } from 'node:net';
import { DatabaseError, type Trouble } from '../../../../lambda/common/postgres/failure';
import { verifierOf } from '../../../../lambda/common/postgres/scram';
import { type Credential, type Place, Session } from '../../../../lambda/common/postgres/session';
import { Secret } from '../../../../lambda/common/secrets/secret';
import { Authority } from '../../../support/postgres/authority';
import { PostgresServer } from '../../../support/postgres/server';

let server: PostgresServer;
let stranger: Authority;

beforeAll(async () => {
  server = await PostgresServer.start({ settings: { max_connections: '12' } });
  stranger = new Authority('Somebody else');
});
afterAll(async () => {
  await server.stop();
  stranger.remove();
});
afterEach(async () => {
  server.use(server.authority.issue());
  await settled();
});

const place = (changes: Partial<Place> = {}): Place => ({
  host: server.host,
  port: server.port,
  database: server.database,
  authorities: [server.authority.certificate],
  ...changes,
});
const master = (): Credential => ({ username: server.master.username, password: new Secret(server.master.password) });
/** The server reads its files anew a moment after it was told to. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 200));

/** Opens a session that must not come about. */
async function refused(at: Place, credential: Credential = master()): Promise<DatabaseError> {
  const error = await Session.open(at, credential, 'test').then(
    async (session) => {
      await session.close();
      return new Error('a session came about');
    },
    (found: Error) => found,
  );
  if (!(error instanceof DatabaseError)) throw error;
  expect(error.message).toContain(`${at.host}:${at.port}`);
  expect(error.message).not.toContain(credential.password.reveal());
  return error;
}

/** Nobody tried to log in: the server saw no name, and so no password either. */
const nobodyTried = (from: number) => expect(server.log().slice(from)).not.toMatch(/authenticated|authentication/);

it('speaks TLS 1.3 with a certificate that it has verified', async () => {
  const [found] = await Session.within(place(), master(), 'test', (session) =>
    session.query<{ ssl: boolean; version: string; application_name: string }>(
      'SELECT ssl, version, application_name FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE pid = pg_backend_pid()',
    ),
  );
  expect(found).toEqual({ ssl: true, version: 'TLSv1.3', application_name: 'test' });
});

describe('a server that may be somebody else', () => {
  it.each<[string, Trouble, () => Place]>([
    ['was signed by another authority', 'wrong-authority', () => place({ authorities: [stranger.certificate] })],
    [
      'signed itself',
      'wrong-authority',
      () => {
        server.use(stranger.issue());
        return place();
      },
    ],
    [
      'has expired',
      'certificate-expired',
      () => {
        server.use(server.authority.issue({ days: -1 }));
        return place();
      },
    ],
    [
      'is for another name',
      'wrong-host-name',
      () => {
        server.use(server.authority.issue({ names: ['elsewhere.example.com'] }));
        return place();
      },
    ],
    ['is for a name, and an address was asked for', 'wrong-host-name', () => place({ host: '127.0.0.1' })],
  ])('is sent nothing when its certificate %s', async (_, trouble, at) => {
    const asked = at();
    await settled();
    const from = server.log().length;
    const error = await refused(asked);
    expect(error.trouble).toBe(trouble);
    expect(error.message).toContain('nothing was sent');
    nobodyTried(from);
  });

  it('is sent nothing when it speaks no TLS, and no variable of libpq changes that', async () => {
    const plain = await PostgresServer.start({ tls: false, authority: new Authority() });
    process.env.PGSSLMODE = 'disable';
    try {
      const at = { ...place(), port: plain.port, authorities: [plain.authority.certificate] };
      const error = await refused(at, { username: plain.master.username, password: new Secret(plain.master.password) });
      expect(error.trouble).toBe('no-tls');
      expect(plain.log()).not.toContain(`authorized: user=${plain.master.username}`);
    } finally {
      delete process.env.PGSSLMODE;
      await plain.stop();
    }
  });

  it('is nobody’s when no authority is given', async () => {
    await expect(Session.open(place({ authorities: [] }), master(), 'test')).rejects.toThrow('no authority is given');
  });
});

describe('a server that does not let in', () => {
  it.each<[string, Trouble, () => [Place, Credential]]>([
    [
      'for a wrong password',
      'wrong-password',
      () => [place(), { ...master(), password: new Secret('wrong-password-of-48') }],
    ],
    ['for an unknown role', 'wrong-password', () => [place(), { ...master(), username: 'nobody"; --' }]],
    ['for an unknown database', 'no-such-database', () => [place({ database: `x'"; --` }), master()]],
    ['because nothing is there', 'unreachable', () => [place({ port: 1 }), master()]],
    ['because its name is unknown', 'unreachable', () => [place({ host: 'absent.invalid' }), master()]],
  ])('says so %s', async (_, trouble, given) => {
    const error = await refused(...given());
    expect(error.trouble).toBe(trouble);
  });

  it('because it is full', async () => {
    const held: Session[] = [];
    let error: unknown;
    try {
      while (held.length < 20) held.push(await Session.open(place(), master(), 'test'));
    } catch (found) {
      error = found;
    }
    await Promise.all(held.map((each) => each.close()));
    expect(error).toMatchObject({ trouble: 'too-many-connections' });
    expect(held.length).toBeGreaterThan(5);
  });

  it('because it may not log in', async () => {
    const password = new Secret('the-right-password');
    await server.asSuperuser((client) => client.query(`CREATE ROLE idle NOLOGIN PASSWORD '${verifierOf(password)}'`));
    expect((await refused(place(), { username: 'idle', password })).trouble).toBe('not-allowed');
  });

  it('because it speaks something else', async () => {
    const other: Server = createServer((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    );
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    expect((await refused(place({ port }))).trouble).toBe('no-tls');
    other.close();
  });
});

describe('a session', () => {
  it('tells what broke it, and ends', async () => {
    const session = await Session.open(place(), master(), 'doomed');
    await server.asSuperuser((client) =>
      client.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'doomed'`),
    );
    await expect(session.query('SELECT 1')).rejects.toBeInstanceOf(DatabaseError);
    await session.close();
  });

  it('lets no statement run for ever, and leaves no transaction behind', async () => {
    await Session.within(place(), master(), 'test', async (session) => {
      const [found] = await session.query<Record<string, string>>(
        `SELECT current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock,
           current_setting('idle_in_transaction_session_timeout') AS idle, current_setting('synchronous_commit') AS sync`,
      );
      expect(found).toEqual({ statement: '15s', lock: '5s', idle: '20s', sync: 'on' });
      await session.query('CREATE TEMP TABLE kept (id int)');
      await expect(
        session.transaction(async () => {
          await session.query('INSERT INTO kept VALUES (1)');
          await session.query('SELECT 1 / 0');
        }),
      ).rejects.toThrow('division by zero');
      await session.transaction(() => session.query('INSERT INTO kept VALUES (2)'), 'ROLLBACK');
      expect(await session.query('SELECT * FROM kept')).toEqual([]);
    });
  });
});

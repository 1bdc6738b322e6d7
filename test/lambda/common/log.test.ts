import { inspect } from 'node:util';
import { guarded, Log, log } from '../../../lambda/common/log';
import { SecretDocument } from '../../../lambda/common/secrets/document';
import { Secret } from '../../../lambda/common/secrets/secret';
import { consoleLines } from '../../support/console-lines';

const VALUE = 'Tr0ub4dor&3 "quoted" \\ ünïcödé/+=?';
const secret = new Secret(VALUE);
const spellings = [
  VALUE,
  JSON.stringify(VALUE).slice(1, -1),
  encodeURIComponent(VALUE),
  ...(['base64', 'base64url', 'hex'] as const).map((encoding) => Buffer.from(VALUE).toString(encoding)),
  Buffer.from(VALUE).toString('hex').toUpperCase(),
];
let lines: string[];
beforeEach(() => {
  lines = consoleLines();
});
afterEach(() => jest.restoreAllMocks());

const expectHidden = (text: string) => {
  for (const spelling of spellings) expect(text).not.toContain(spelling);
};
const entry = () => JSON.parse(lines.at(-1) ?? '') as Record<string, unknown>;

describe('a secret', () => {
  it('is refused by the compiler wherever an entry could have it', () => {
    // @ts-expect-error a secret is nothing to log
    log.info('as a field', { secret });
    // @ts-expect-error nor deep inside
    log.info('nested', { one: [{ two: secret }] });
    // @ts-expect-error nor in the context
    log.with({ secret }).info('context');
    // @ts-expect-error nor as the message
    log.info(secret);
    // @ts-expect-error nor is a document of secrets
    log.info('document', { document: SecretDocument.parse(new Secret(JSON.stringify({ key: VALUE }))) });
    // @ts-expect-error an error goes to its own parameter, where it is cleaned
    log.info('error', { error: new Error('x') });
    expect(lines).toHaveLength(6);
    expectHidden(lines.join('\n'));
    expect(lines.join('\n')).toContain('«secret»');
  });

  it.each<[string, (value: Secret) => string]>([
    ['a template', (value) => `${value}`],
    ['a joined list', (value) => ['x', value].join('')],
    ['String', String],
    ['JSON', (value) => JSON.stringify({ value: [value] })],
    ['inspect', (value) => inspect({ value: [value] }, { depth: 9, showHidden: true })],
    ['inspect without custom', (value) => inspect(value, { customInspect: false, showHidden: true })],
    ['its own properties', (value) => JSON.stringify([Object.entries(value), Reflect.ownKeys(value), { ...value }])],
    ['a clone', (value) => JSON.stringify(structuredClone(value))],
  ])('does not show in %s', (_, shown) => expectHidden(shown(secret)));

  it('does not show in the console itself', () => {
    jest.restoreAllMocks();
    const written: string[] = [];
    jest.spyOn(process.stdout, 'write').mockImplementation(((text: string) => written.push(text) > 0) as never);
    const { Console } = jest.requireActual<typeof import('node:console')>('node:console');
    new Console(process.stdout).log('%s %o %j', secret, { secret }, { secret });
    jest.restoreAllMocks();
    expect(written.join('')).toContain('«secret»');
    expectHidden(written.join(''));
  });

  it('may not be empty, and compares by value', () => {
    expect(() => new Secret('')).toThrow('not empty');
    expect(secret.equals(new Secret(VALUE))).toBe(true);
    expect(secret.equals(new Secret(`${VALUE}x`))).toBe(false);
    expect(secret.reveal()).toBe(VALUE);
  });
});

describe('an entry', () => {
  it('is one line of JSON with level, message, context and fields', () => {
    new Log({ secret: 'ums/prod/one' })
      .with({ step: 'setSecret' })
      .warn('two\nlines', { at: new Date(0), n: [1, null] });
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain('\n');
    expect(entry()).toEqual({
      level: 'WARN',
      message: 'two\nlines',
      secret: 'ums/prod/one',
      step: 'setSecret',
      at: '1970-01-01T00:00:00.000Z',
      n: [1, null],
    });
  });

  it.each(spellings)('hides the value where a text quotes it as %s', (spelling) => {
    log.info(`failed: ${spelling}.`, { statement: `ALTER ROLE x PASSWORD '${spelling}'`, [spelling]: 1 });
    log.error('failed', {}, new Error(`near ${spelling}`, { cause: new AggregateError([new Error(spelling)]) }));
    expectHidden(lines.join('\n'));
    expect(lines[0]).toContain('«secret»');
  });

  it.each([0, 1, 2, 3, 4])('hides it in base64 of a text in which it stands at place %s', (before) => {
    for (const encoding of ['base64', 'base64url'] as const) {
      const whole = Buffer.from(`${'x'.repeat(before)}${VALUE}yz`).toString(encoding);
      log.info(whole);
      expect(lines.at(-1)).toContain('«secret»');
      expect(entry().message).not.toContain(whole.slice(8, 24));
    }
  });

  it('hides the longer of two values of which one begins the other', () => {
    new Secret('begin-of-both');
    new Secret('begin-of-both-and-the-rest');
    log.info('begin-of-both-and-the-rest');
    expect(entry().message).toBe('«secret»');
  });

  it('writes of an error its name, code, stack and causes, and no property that a library put there', () => {
    const error = Object.assign(new TypeError('broken', { cause: new Error('below') }), {
      code: '28P01',
      query: 'SELECT 1',
      request: { headers: { authorization: 'x' } },
    });
    log.error('failed', { table: 'notes' }, error);
    expect(entry()).toEqual({
      level: 'ERROR',
      message: 'failed',
      table: 'notes',
      error: {
        name: 'TypeError',
        message: 'broken',
        code: '28P01',
        stack: expect.stringContaining('log.test'),
        cause: { name: 'Error', message: 'below', stack: expect.any(String) },
      },
    });
  });

  it('writes no object of a class, no function, no bytes, and ends where things go round', () => {
    class Client {
      readonly password = 'in-a-plain-field';
    }
    const round: Record<string, unknown> = {};
    round.round = round;
    log.info('x', {
      client: new Client(),
      map: new Map([['password', 'in-a-plain-field']]),
      bytes: Buffer.from('in-a-plain-field'),
      call: () => 'in-a-plain-field',
      big: 1n,
      date: new Date(Number.NaN),
      round,
    } as never);
    expect(lines[0]).not.toMatch(/plain-field|password/);
    expect(entry()).toMatchObject({
      client: '«Client»',
      map: '«Map»',
      bytes: '«Buffer»',
      big: '1',
      date: 'Invalid Date',
    });
    expect(lines[0]).toContain('«too deep»');
  });
});

describe('a guarded handler', () => {
  it('answers as the handler does', async () => {
    expect(await guarded(async (event: number) => event + 1)(1)).toBe(2);
    expect(lines).toEqual([]);
  });

  it('fails with the same name, and with nothing that may not be seen', async () => {
    const failure = Object.assign(new RangeError(`with ${VALUE}`), { detail: VALUE });
    const thrown = await guarded(() => Promise.reject(failure))({}).catch((error: Error) => error);
    expect(thrown).toMatchObject({ name: 'RangeError', message: 'with «secret»' });
    expectHidden(inspect(thrown, { depth: 9 }));
    expectHidden(lines.join('\n'));
    expect(entry()).toMatchObject({ level: 'ERROR', error: { name: 'RangeError' } });
  });

  it('fails with an error even where something else was thrown', async () => {
    await expect(guarded(() => Promise.reject(VALUE))({})).rejects.toThrow('«secret»');
    expectHidden(lines.join('\n'));
  });
});

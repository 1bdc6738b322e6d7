import { env } from '../../../lambda/rotate-application-key/env';
import { foundIn } from '../../support/secrets-manager/spellings';
import { clearScene, FIRST_KEY, generated, NAME, Scene, START } from './scene';

afterEach(clearScene);

const tag = 'breakwater:compromised-before';

describe('a rotation of what CloudFormation generated', () => {
  it('makes a new key of 64 letters and digits, and accepts the one before for seven days', async () => {
    const scene = new Scene();
    await scene.rotate();
    expect(scene.ring).toEqual({
      version: 1,
      current: expect.stringMatching(/^[A-Za-z0-9]{64}$/),
      kid: expect.stringMatching(/^[\w-]{43}$/),
      since: '2026-11-01T00:00:00.000Z',
      fallbacks: [{ key: FIRST_KEY, kid: expect.stringMatching(/^[\w-]{43}$/), until: '2026-11-08T00:00:00.000Z' }],
    });
  });

  it('names a key by its JWK thumbprint, as the sample application does', async () => {
    const scene = new Scene(generated('o'.repeat(64)));
    await scene.rotate();
    // The same as in test/sample-app/test_rules.py.
    expect(scene.ring.fallbacks[0]?.kid).toBe('p0EzZ9P9rvTZiTZ8Xe4jTbr1OvvhbTvOwtToIUilBio');
  });

  it('keeps fields that nobody here knows, unicode too', async () => {
    const foreign = { 'größe "x"': ['ünïcödé', { '\u0000': null }], current_hint: 'x' };
    const scene = new Scene(JSON.stringify({ ...JSON.parse(generated()), ...foreign }));
    await scene.rotate();
    await scene.rotate();
    expect(scene.ring).toMatchObject(foreign);
  });

  it('writes fallbacks as text, which ECS hands to a container as it is', async () => {
    const scene = new Scene();
    await scene.rotate();
    expect(typeof JSON.parse(scene.service.value(NAME) ?? '').fallbacks).toBe('string');
  });
});

describe('many rotations', () => {
  it('accept each key for its own grace, the five latest at most', async () => {
    const scene = new Scene();
    const keys = [FIRST_KEY];
    for (let day = 0; day < 10; day++) {
      await scene.rotate();
      keys.unshift(scene.ring.current);
      expect(scene.ring.fallbacks.map(({ key }) => key)).toEqual(keys.slice(1, 6));
      scene.pass(1);
    }
    scene.pass(90);
    await scene.rotate();
    expect(scene.ring.fallbacks.map(({ key }) => key)).toEqual([keys[0]]);
    expect(new Set(keys).size).toBe(11);
  });

  it('write which keys by their names, and no key', async () => {
    const scene = new Scene();
    const keys = [FIRST_KEY];
    for (let time = 0; time < 5; time++) {
      await scene.rotate();
      keys.push(scene.ring.current);
      scene.pass(8);
      await scene.retire();
    }
    const written = scene.lines.join('\n');
    expect(scene.lines.length).toBeGreaterThan(20);
    expect(written).toContain(String(scene.ring.kid));
    expect(foundIn(written, keys)).toEqual([]);
  });
});

describe('compromised keys', () => {
  const declare = (scene: Scene, moment = new Date()) =>
    scene.service.call('TagResource', { SecretId: NAME, Tags: [{ Key: tag, Value: moment.toISOString() }] });

  it('are accepted no more once the rotation is finished', async () => {
    const scene = new Scene();
    await scene.rotate();
    const second = scene.ring.current;
    scene.pass(1);
    await declare(scene);
    await scene.rotate();
    expect(scene.ring.fallbacks).toEqual([]);
    for (const key of [FIRST_KEY, second]) expect(scene.accepts(key)).toBe(false);
  });

  it('do not take the grace from later keys: the declaration need not be taken back', async () => {
    const scene = new Scene();
    await declare(scene);
    await scene.rotate();
    const after = scene.ring.current;
    scene.pass(90);
    await scene.rotate();
    expect(scene.ring.fallbacks.map(({ key }) => key)).toEqual([after]);
  });

  it('are out although the clock of whoever declares them is minutes ahead', async () => {
    const scene = new Scene();
    await declare(scene, new Date(START.getTime() + 4 * 60_000));
    await scene.rotate();
    const after = scene.ring.current;
    expect(scene.ring.fallbacks).toEqual([]);
    await scene.rotate();
    expect(scene.ring.fallbacks.map(({ key }) => key)).toEqual([after]);
  });

  it('end a rotation that was begun before, with what to do', async () => {
    const scene = new Scene();
    await scene.rotate();
    const begun = scene.ring.current;
    scene.service.interceptor = async ({ operation }, perform) => {
      const result = await perform();
      if (operation === 'PutSecretValue') {
        scene.pass(0.01);
        scene.service.interceptor = (_, next) => next();
        await declare(scene);
      }
      return result;
    };
    await expect(scene.rotate()).rejects.toThrow(/declared compromised.*To begin anew: aws secretsmanager update-sec/);
    expect(scene.ring.current).toBe(begun);
    const pending = scene.service.holder(NAME, 'AWSPENDING');
    await scene.service.call('UpdateSecretVersionStage', {
      SecretId: NAME,
      VersionStage: 'AWSPENDING',
      RemoveFromVersionId: pending,
    });
    await scene.rotate();
    expect(scene.ring.fallbacks).toEqual([]);
  });

  it.each(['yes', 'true', '2026-11-01', '2026-02-31T00:00:00Z', '2030-01-01T00:00:00Z', ''])(
    'declared by %j are an error, for ignoring it would keep them',
    async (value) => {
      const scene = new Scene(generated(), { [tag]: value });
      await expect(scene.rotate()).rejects.toThrow(
        /tag breakwater:compromised-before is '.*'; expected a moment in UTC/,
      );
      await expect(scene.retire()).rejects.toThrow('breakwater:compromised-before');
      expect(scene.ring.current).toBe(FIRST_KEY);
    },
  );
});

describe('a rotation that took too long', () => {
  it('is refused, for the current key would not have its grace', async () => {
    const scene = new Scene();
    let failing = true;
    scene.service.interceptor = async ({ operation }, perform) => {
      if (failing && operation === 'UpdateSecretVersionStage') throw new Error('down');
      return perform();
    };
    await expect(scene.rotate()).rejects.toThrow('down');
    scene.pass(2);
    failing = false;
    await expect(scene.rotate()).rejects.toThrow(/accepted until 2026-11-08T00:00:00.000Z only.*To begin anew/);
    expect(scene.ring.current).toBe(FIRST_KEY);
  });

  it('is refused when somebody put another key meanwhile', async () => {
    const scene = new Scene();
    const other = generated('AnotherKeyThatAPersonPutMeanwhile0123456789');
    scene.service.interceptor = async ({ operation }, perform) => {
      if (operation === 'UpdateSecretVersionStage') {
        scene.service.interceptor = (_, next) => next();
        await scene.service.call('PutSecretValue', { SecretId: NAME, SecretString: other });
      }
      return perform();
    };
    await expect(scene.rotate()).rejects.toThrow('it does not accept the current key');
    expect(scene.service.value(NAME)).toBe(other);
  });
});

describe('content that is no keyring', () => {
  const key = 'hostile-content-that-nobody-may-quote-1234';
  it.each([
    ['broken JSON', `{"version":1,"current":"${key}"`, ['it is not JSON']],
    ['a text', JSON.stringify(key), ['it is a text; expected a JSON object']],
    [
      'another form',
      JSON.stringify({ version: key, current: key, fallbacks: [] }),
      ['version is a text that is unknown'],
    ],
    [
      'missing fields',
      '{}',
      ['version is missing', 'current is missing; expected a key of at least 32 characters', 'fallbacks is missing'],
    ],
    ['a short key', '{"version":1,"current":"short","fallbacks":[]}', ['current is a text of 5 characters']],
    [
      'wrong fallbacks',
      JSON.stringify({
        version: 1,
        current: key,
        since: 'yesterday',
        fallbacks: [key, { key: 7, until: key }, { key, until: '2026-02-31T00:00:00Z' }, null],
      }),
      [
        'since is a text; expected a moment in UTC',
        'fallbacks[0] is a text; expected an object',
        'fallbacks[1].key is a number',
        'fallbacks[1].until is a text',
        'fallbacks[2].until is a text',
        'fallbacks[3] is null',
      ],
    ],
    [
      'fallbacks as broken text',
      JSON.stringify({ version: 1, current: key, fallbacks: `[${key}` }),
      ['fallbacks is a text'],
    ],
  ])('%s: every mistake is told by its place, and nothing is quoted', async (_, content, mistakes) => {
    const scene = new Scene(content);
    const error = await scene.rotate().catch((reason: Error) => reason);
    for (const mistake of mistakes) expect(String(error)).toContain(mistake);
    expect(String(error)).toContain(NAME);
    await expect(scene.retire()).rejects.toThrow(mistakes[0]);
    expect(foundIn(`${String(error)}${scene.lines.join()}`, [key])).toEqual([]);
    expect(scene.service.value(NAME)).toBe(content);
  });

  it('keys with quotes, unicode and line ends are kept as they are', async () => {
    const hostile = 'käse "quoted" \\ \n \u2028 \ud800 emoji 🔑 and enough characters';
    const scene = new Scene(JSON.stringify({ version: 1, current: hostile, fallbacks: [] }));
    await scene.rotate();
    expect(scene.ring.fallbacks[0]?.key).toBe(hostile);
    expect(scene.lines.join('')).not.toContain('käse');
  });
});

it.each(['', '0', '366', 'seven'])('names a grace of %j days as a wrong setting', async (days) => {
  const scene = new Scene();
  process.env[env.graceDays] = days;
  await expect(scene.rotate()).rejects.toThrow(/GRACE_DAYS .*expected a whole number from 1 to 365/);
});

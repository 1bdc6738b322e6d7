import { randomUUID } from 'node:crypto';
import { type RotationEvent, type Step, steps } from '../../../../lambda/common/rotation/event';
import { rotate } from '../../../../lambda/common/rotation/rotate';
import { consoleLines } from '../../../support/console-lines';
import { clientOf } from '../../../support/secrets-manager/client';
import { rotation, trial } from '../../../support/secrets-manager/rotation';
import { SecretsManagerStandIn } from '../../../support/secrets-manager/service';
import { contentOf, Gate, wordsOf } from './words';

const NAME = 'ums/prod/word';
let service: SecretsManagerStandIn;
let gate: Gate;
let arn: string;
let lines: string[];

beforeEach(() => {
  service = new SecretsManagerStandIn();
  gate = new Gate();
  arn = service.add({ name: NAME, value: contentOf(1, 'the-first-word') });
  gate.accepted.add('the-first-word');
  lines = consoleLines();
});
afterEach(() => jest.restoreAllMocks());

const invoke = (event: unknown) =>
  rotate(wordsOf(gate), event, { client: clientOf(service), wait: async () => undefined });
const begin = async (): Promise<(step: Step) => Promise<void>> => {
  const token = randomUUID();
  await service.call('RotateSecret', { SecretId: NAME, ClientRequestToken: token });
  return (Step) => invoke({ Step, SecretId: arn, ClientRequestToken: token } satisfies RotationEvent);
};
const changes = () => service.calls.filter(({ operation }) => /^(Put|Update)/.test(operation)).length;

it('makes, sets, tests and finishes a new version', async () => {
  const token = await rotation(service, NAME, { invoke, attempts: 1 });
  expect(service.holder(NAME, 'AWSCURRENT')).toBe(token);
  expect(service.value(NAME)).toBe(contentOf(2, 'word-1-of-many'));
  expect(service.value(NAME, 'AWSPREVIOUS')).toBe(contentOf(1, 'the-first-word'));
  expect(service.holder(NAME, 'AWSPENDING')).toBeUndefined();
  expect(changes()).toBe(2);
});

describe('the trial when a rotation is set up', () => {
  it('is passed, before the rotation is there and after, and changes nothing', async () => {
    for (const rotates of [false, true]) {
      service.secret(NAME).rotates = rotates;
      await trial(service, NAME, invoke);
    }
    expect(lines.join()).toContain('a trial of the setup');
    expect(changes()).toBe(0);
    expect([...gate.accepted]).toEqual(['the-first-word']);
  });

  it('is failed where the current value is none', async () => {
    service.add({ name: 'ums/prod/broken', value: '{}' });
    await expect(trial(service, 'ums/prod/broken', invoke)).rejects.toThrow('not the content of a word');
  });
});

it('goes on, rotation after rotation', async () => {
  for (let time = 0; time < 20; time++) await rotation(service, NAME, { invoke, attempts: 1 });
  expect(JSON.parse(service.value(NAME) ?? '')).toMatchObject({ turn: 21 });
});

describe('a step that is repeated', () => {
  it('keeps the value that was put first', async () => {
    const step = await begin();
    await step('createSecret');
    const value = service.value(NAME, 'AWSPENDING');
    await step('createSecret');
    expect(service.value(NAME, 'AWSPENDING')).toBe(value);
    expect(changes()).toBe(1);
  });

  it('keeps it too when the read is late and the second one draws another value', async () => {
    const step = await begin();
    await step('createSecret');
    const value = service.value(NAME, 'AWSPENDING');
    service.interceptor = async ({ operation, input }, perform) => {
      if (operation === 'GetSecretValue' && input.VersionId === service.holder(NAME, 'AWSPENDING'))
        throw Object.assign(new Error('late'), { name: 'ResourceNotFoundException' });
      return perform();
    };
    await step('createSecret');
    expect(gate.drawn).toBe(2);
    expect(service.value(NAME, 'AWSPENDING')).toBe(value);
  });

  it.each(steps)('changes nothing when the rotation is finished: %s', async (late) => {
    const step = await begin();
    for (const each of steps) await step(each);
    const before = changes();
    await step(late);
    expect(changes()).toBe(before);
    expect(lines.at(-1)).toContain('finished already');
  });

  it('moves AWSCURRENT once, so that AWSPREVIOUS stays the value before', async () => {
    const step = await begin();
    for (const each of [...steps, 'finishSecret', 'finishSecret'] as const) await step(each);
    expect(service.value(NAME, 'AWSPREVIOUS')).toBe(contentOf(1, 'the-first-word'));
    expect(changes()).toBe(2);
  });
});

describe('an event that no rotation of this secret has', () => {
  it('is refused with every mistake in it', async () => {
    await expect(invoke({ Step: 'dropSecret', ClientRequestToken: 7 })).rejects.toThrow(
      /Step is "dropSecret"; expected createSecret, .*SecretId is missing.*ClientRequestToken is 7/,
    );
    await expect(invoke(undefined)).rejects.toThrow('not the event of a rotation');
    expect(service.calls).toEqual([]);
  });

  it.each([
    ['without a rotation', () => (service.secret(NAME).rotates = false), 'no rotation is set up'],
    [
      'that was deleted',
      () => (service.secret(NAME).deleted = service.now),
      'restore-secret --secret-id ums/prod/word',
    ],
  ])('is refused for a secret %s', async (_, happens, words) => {
    const step = await begin();
    happens();
    for (const each of steps.filter((name) => name !== 'testSecret')) await expect(step(each)).rejects.toThrow(words);
    await expect(step('testSecret')).rejects.toThrow(/has no value|restore-secret/);
    expect(changes()).toBe(0);
  });

  it('is refused for a version that is unknown, whichever the step', async () => {
    for (const Step of steps)
      await expect(invoke({ Step, SecretId: arn, ClientRequestToken: randomUUID() })).rejects.toThrow(
        /Secret ums\/prod\/word: version \S+ is unknown; expected AWSPENDING.*rotate-secret --secret-id ums\/prod\/word/,
      );
  });

  it('is refused for a version that is AWSPREVIOUS by now', async () => {
    const step = await begin();
    for (const each of steps) await step(each);
    await rotation(service, NAME, { invoke });
    await expect(step('setSecret')).rejects.toThrow('is labelled AWSPREVIOUS; expected AWSPENDING');
  });

  it('tells how to let go of a pending version of another rotation, and leaves it alone', async () => {
    const other = await begin();
    await other('createSecret');
    const pending = service.holder(NAME, 'AWSPENDING') as string;
    await expect(invoke({ Step: 'createSecret', SecretId: arn, ClientRequestToken: randomUUID() })).rejects.toThrow(
      `aws secretsmanager update-secret-version-stage --secret-id ${NAME} --version-stage AWSPENDING --remove-from-version-id ${pending}`,
    );
    for (const each of steps) await other(each);
    expect(service.holder(NAME, 'AWSCURRENT')).toBe(pending);
  });

  it('is refused before there is a value to set, test or finish', async () => {
    const step = await begin();
    for (const each of steps.slice(1)) await expect(step(each)).rejects.toThrow('has no value');
    expect(service.value(NAME)).toBe(contentOf(1, 'the-first-word'));
  });
});

describe('content', () => {
  it.each([
    ['is no JSON', 'the-very-secret-text', 'it is not JSON'],
    ['is a list', '["the-very-secret-text"]', 'it is a list; expected a JSON object'],
    ['is of another kind', '{"password":"the-very-secret-text"}', 'turn or word is wrong'],
  ])('that %s is refused in words that do not quote it', async (_, content, words) => {
    service.add({ name: 'ums/prod/broken', value: content });
    const rotating = rotation(service, 'ums/prod/broken', { invoke, attempts: 1 });
    await expect(rotating).rejects.toThrow(words);
    await expect(rotating).rejects.not.toThrow('the-very-secret-text');
    expect(changes()).toBe(0);
  });

  it('that somebody put by hand under the pending version is refused, with how to begin anew', async () => {
    const step = await begin();
    const token = service.holder(NAME, 'AWSPENDING');
    await service.call('PutSecretValue', {
      SecretId: NAME,
      ClientRequestToken: token,
      SecretString: '{}',
      VersionStages: ['AWSPENDING'],
    });
    await expect(step('createSecret')).rejects.toThrow(/not the content of a word.*To begin anew: aws secretsmanager/);
  });

  it('of the current version that nobody put is missed by its name', async () => {
    service.add({ name: 'ums/prod/empty' });
    await expect(rotation(service, 'ums/prod/empty', { invoke, attempts: 1 })).rejects.toThrow(
      'ums/prod/empty: no version with a value is AWSCURRENT',
    );
  });
});

it('refuses a pending version that no longer follows the current one, which a person replaced meanwhile', async () => {
  const step = await begin();
  await step('createSecret');
  await service.call('PutSecretValue', { SecretId: NAME, SecretString: contentOf(7, 'by-hand-in-a-hurry') });
  for (const each of steps.slice(1)) await expect(step(each)).rejects.toThrow('its turn is 2, the current one 7');
  expect(service.value(NAME)).toBe(contentOf(7, 'by-hand-in-a-hurry'));
});

it('finishes from the version that is current at that moment', async () => {
  const step = await begin();
  for (const each of steps.slice(0, 3)) await step(each);
  let once = true;
  service.interceptor = async ({ operation }, perform) => {
    if (operation === 'UpdateSecretVersionStage' && once) {
      once = false;
      await service.call('PutSecretValue', { SecretId: NAME, SecretString: contentOf(1, 'the-same-turn-again') });
    }
    return perform();
  };
  await step('finishSecret');
  expect(service.value(NAME)).toBe(contentOf(2, 'word-1-of-many'));
  expect(service.value(NAME, 'AWSPREVIOUS')).toBe(contentOf(1, 'the-same-turn-again'));
});

it('gives up with words when the label moves each time it looks', async () => {
  const step = await begin();
  for (const each of steps.slice(0, 3)) await step(each);
  service.interceptor = async ({ operation }, perform) => {
    if (operation === 'UpdateSecretVersionStage')
      await service.call('PutSecretValue', { SecretId: NAME, SecretString: contentOf(1, `again-${randomUUID()}`) });
    return perform();
  };
  await expect(step('finishSecret')).rejects.toThrow('AWSCURRENT could not be moved');
});

it.each([1, 2, 3, 4])('works when Secrets Manager shows a write %s reads late', async (lag) => {
  service.lag = lag;
  await rotation(service, NAME, { invoke, attempts: 1 });
  await rotation(service, NAME, { invoke, attempts: 1 });
  expect(JSON.parse(service.value(NAME) ?? '')).toMatchObject({ turn: 3 });
  expect(service.secret(NAME).versions.size).toBe(3);
});

it('writes which secret, version and step, and no value', async () => {
  await rotation(service, NAME, { invoke });
  for (const line of lines)
    expect(JSON.parse(line)).toMatchObject({ secret: NAME, version: expect.any(String), step: expect.any(String) });
  for (const value of ['the-first-word', 'word-1-of-many']) expect(lines.join('\n')).not.toContain(value);
});

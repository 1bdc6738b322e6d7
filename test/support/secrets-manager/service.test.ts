import { randomUUID } from 'node:crypto';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
  TagResourceCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { clientOf } from './client';
import { rotation } from './rotation';
import { SecretsManagerStandIn } from './service';
import { overTheWire, type Wire } from './wire';

const NAME = 'ums/prod/one';
let service: SecretsManagerStandIn;
let wire: Wire | undefined;

/** The rules are the same for a client whose `send` is answered and for one that speaks HTTP. */
describe.each(['at send', 'over the wire'])('the stand-in %s', (where) => {
  let client: SecretsManagerClient;
  let first: string;

  beforeEach(async () => {
    service = new SecretsManagerStandIn();
    service.add({ name: NAME, value: 'one' });
    first = service.holder(NAME, 'AWSCURRENT') as string;
    if (where === 'at send') client = clientOf(service);
    else {
      wire = await overTheWire(service);
      client = new SecretsManagerClient({
        region: 'us-east-1',
        endpoint: wire.url,
        credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
        maxAttempts: 4,
      });
    }
  });
  afterEach(async () => {
    if (where !== 'at send') client.destroy();
    await wire?.close();
    wire = undefined;
  });

  const put = (SecretString: string, ClientRequestToken: string = randomUUID(), VersionStages?: string[]) =>
    client.send(new PutSecretValueCommand({ SecretId: NAME, SecretString, ClientRequestToken, VersionStages }));
  const move = (VersionStage: string, RemoveFromVersionId?: string, MoveToVersionId?: string) =>
    client.send(
      new UpdateSecretVersionStageCommand({ SecretId: NAME, VersionStage, RemoveFromVersionId, MoveToVersionId }),
    );
  const get = (VersionId?: string, VersionStage?: string) =>
    client.send(new GetSecretValueCommand({ SecretId: NAME, VersionId, VersionStage }));
  const describeSecret = () => client.send(new DescribeSecretCommand({ SecretId: NAME }));
  const failing = (name: string) => expect.objectContaining({ name });

  it('gives a new version AWSCURRENT unless told otherwise, and the one before AWSPREVIOUS', async () => {
    const { VersionId = '' } = await put('two');
    expect((await describeSecret()).VersionIdsToStages).toEqual({
      [first]: ['AWSPREVIOUS'],
      [VersionId]: ['AWSCURRENT'],
    });
    expect(await get()).toMatchObject({ SecretString: 'two', VersionId });
  });

  it('keeps a label on one version, and no longer lists one without labels', async () => {
    const pending = (await put('two', undefined, ['AWSPENDING'])).VersionId as string;
    const later = (await put('three', undefined, ['AWSPENDING'])).VersionId as string;
    expect((await describeSecret()).VersionIdsToStages).toEqual({ [first]: ['AWSCURRENT'], [later]: ['AWSPENDING'] });
    expect((await get(pending)).SecretString).toBe('two');
    await expect(get(pending, 'AWSPENDING')).rejects.toEqual(failing('ResourceNotFoundException'));
  });

  it('takes the same value under the same token again, and no other one', async () => {
    const token = randomUUID();
    await put('two', token);
    await put('two', token, ['AWSPENDING']);
    expect((await describeSecret()).VersionIdsToStages?.[token]).toEqual(['AWSCURRENT']);
    await expect(put('three', token)).rejects.toEqual(failing('ResourceExistsException'));
    expect((await get()).SecretString).toBe('two');
  });

  it('moves a label only for who knows where it is', async () => {
    const two = (await put('two', undefined, ['AWSPENDING'])).VersionId as string;
    await expect(move('AWSCURRENT', undefined, two)).rejects.toEqual(failing('InvalidParameterException'));
    await expect(move('AWSCURRENT', two, two)).rejects.toEqual(failing('InvalidParameterException'));
    await move('AWSCURRENT', first, two);
    await expect(move('AWSCURRENT', first, two)).rejects.toEqual(failing('InvalidParameterException'));
    expect((await describeSecret()).VersionIdsToStages).toEqual({
      [first]: ['AWSPREVIOUS'],
      [two]: ['AWSPENDING', 'AWSCURRENT'],
    });
  });

  it('never leaves a secret without AWSCURRENT, and takes other labels off', async () => {
    await expect(move('AWSCURRENT', first)).rejects.toEqual(failing('InvalidParameterException'));
    const two = (await put('two', undefined, ['AWSPENDING'])).VersionId as string;
    await move('AWSPENDING', two);
    expect((await describeSecret()).VersionIdsToStages).toEqual({ [first]: ['AWSCURRENT'] });
    await expect(move('AWSPENDING', undefined, randomUUID())).rejects.toEqual(failing('ResourceNotFoundException'));
  });

  it('begins a rotation with a label and no value, and none beside one that is not complete', async () => {
    const { VersionId = '' } = await client.send(new RotateSecretCommand({ SecretId: NAME }));
    expect((await describeSecret()).VersionIdsToStages?.[VersionId]).toEqual(['AWSPENDING']);
    await expect(get(VersionId)).rejects.toEqual(failing('ResourceNotFoundException'));
    await expect(client.send(new RotateSecretCommand({ SecretId: NAME }))).rejects.toEqual(
      failing('InvalidRequestException'),
    );
    await put('two', VersionId, ['AWSPENDING']);
    expect((await get(VersionId, 'AWSPENDING')).SecretString).toBe('two');
  });

  it('refuses what is too long, too short, deleted or not there', async () => {
    await expect(put('x'.repeat(65_537))).rejects.toEqual(failing('InvalidParameterException'));
    await expect(put('two', 'short')).rejects.toEqual(failing('InvalidParameterException'));
    await expect(client.send(new DescribeSecretCommand({ SecretId: 'absent' }))).rejects.toEqual(
      failing('ResourceNotFoundException'),
    );
    service.secret(NAME).deleted = service.now;
    for (const call of [() => put('two'), () => get(), () => move('AWSCURRENT', first, first)])
      await expect(call()).rejects.toEqual(failing('InvalidRequestException'));
    expect((await describeSecret()).DeletedDate).toEqual(new Date(service.now));
  });

  it('tells tags', async () => {
    await client.send(new TagResourceCommand({ SecretId: NAME, Tags: [{ Key: 'a', Value: 'b' }] }));
    expect((await describeSecret()).Tags).toEqual([{ Key: 'a', Value: 'b' }]);
  });

  it('shows a write late, if it is told to', async () => {
    service.lag = 2;
    await put('two');
    expect((await get()).SecretString).toBe('one');
    expect((await describeSecret()).VersionIdsToStages).toEqual({ [first]: ['AWSCURRENT'] });
    expect((await get()).SecretString).toBe('two');
  });

  it('throttles, which the SDK by itself outlasts', async () => {
    service.throttled = 2;
    if (where === 'at send') await expect(get()).rejects.toEqual(failing('ThrottlingException'));
    else expect((await get()).SecretString).toBe('one');
  });

  it('forgets versions without a label when there are a hundred and a day is over, and takes no more before', async () => {
    for (let version = 1; version < 100; version++) await put(String(version));
    await expect(put('one too many')).rejects.toEqual(failing('LimitExceededException'));
    service.now += 25 * 3600_000;
    await put('one more');
    expect(service.secret(NAME).versions.size).toBe(100);
    expect(service.value(NAME)).toBe('one more');
    expect(service.value(NAME, 'AWSPREVIOUS')).toBe('99');
  });
});

describe('a rotation as the service runs it', () => {
  beforeEach(() => {
    service = new SecretsManagerStandIn();
    service.add({ name: NAME, value: 'one' });
  });

  it('asks for the four steps with one token, begins again after a failure, and goes on with what is not complete', async () => {
    const asked: string[] = [];
    let failures = 6;
    const invoke = async ({ Step, ClientRequestToken, SecretId }: { [name: string]: string }) => {
      asked.push(`${Step} ${ClientRequestToken}`);
      if (Step === 'setSecret' && failures-- > 0) throw new Error('not yet');
      if (Step === 'finishSecret') {
        await service.call('PutSecretValue', { SecretId, ClientRequestToken, SecretString: 'two' });
      }
    };
    await expect(rotation(service, NAME, { invoke: invoke as never })).rejects.toThrow('not yet');
    const token = await rotation(service, NAME, { invoke: invoke as never });
    expect(asked).toHaveLength(5 * 2 + 2 + 4);
    expect(new Set(asked.map((each) => each.split(' ')[1]))).toEqual(new Set([token]));
    expect([...(service.secret(NAME).versions.get(token)?.stages ?? [])]).toEqual(['AWSCURRENT']);
  });
});

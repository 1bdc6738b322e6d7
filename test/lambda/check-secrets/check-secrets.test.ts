import { ECSClient } from '@aws-sdk/client-ecs';
import { type DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { env } from '../../../lambda/check-secrets/env';
import { bundledHandler } from '../../support/bundled-handler';
import { consoleLines } from '../../support/console-lines';
import { answering } from '../../support/ecs-deployments/ecs-client';
import type { HookEvent } from '../../support/ecs-deployments/protocol';
import { SimulatedService } from '../../support/ecs-deployments/service';

const handler = bundledHandler<HookEvent>('check-secrets');
const ARN = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:ums/prod';
const sentry = `${ARN}/external/sentry-dsn-AbCdEf`;
const mail = `${ARN}/external/mail-GhIjKl`;
/** What the containers of a version name: one secret as a whole, two fields of another, and one that the kit makes. */
const named = [sentry, `${mail}:username::`, `${mail}:password::`, `${ARN}/database/app-MnOpQr:password::`];

type State = 'filled' | 'empty' | 'deleted' | 'missing' | 'denied' | 'broken';

let states: Record<string, State>;
let asked: string[];
let lines: string[];

beforeEach(() => {
  states = { [sentry]: 'filled', [mail]: 'filled' };
  asked = [];
  process.env[env.prefix] = 'ums/prod/external/';
  lines = consoleLines();
  jest.spyOn(SecretsManagerClient.prototype, 'send').mockImplementation((async (command: DescribeSecretCommand) => {
    expect(command.constructor.name).toBe('DescribeSecretCommand');
    const id = String(command.input.SecretId);
    asked.push(id);
    const fail = (name: string) => Promise.reject(Object.assign(new Error(`${name} for ${id}`), { name }));
    switch (states[id]) {
      case 'filled':
        return { ARN: id, VersionIdsToStages: { one: ['AWSPREVIOUS'], two: ['AWSCURRENT'] } };
      case 'empty':
        return { ARN: id };
      case 'deleted':
        return { ARN: id, DeletedDate: new Date(0), VersionIdsToStages: { two: ['AWSCURRENT'] } };
      case 'denied':
        return fail('AccessDeniedException');
      case 'missing':
        return fail('ResourceNotFoundException');
      default:
        return fail('InternalServiceError');
    }
  }) as never);
});

afterEach(() => jest.restoreAllMocks());

/** A service whose deployments ask the real handler before any task starts. */
function asking(): SimulatedService {
  const service = new SimulatedService({
    hooks: [{ id: 'SecretsFilled', stages: ['PRE_SCALE_UP'], handler: (event: HookEvent) => handler(event) as never }],
  });
  jest.spyOn(ECSClient.prototype, 'send').mockImplementation(answering(service) as never);
  return service;
}

const version = (service: SimulatedService, secrets: readonly string[] = named) =>
  service.revision('app:1', { healthyAfter: 60 }, secrets);
const said = () => lines.map((line) => JSON.parse(line) as { level: string; message: string });
const errors = () =>
  said()
    .filter(({ level }) => level === 'ERROR')
    .map(({ message }) => message);
const secondsOf = ({ startedAt, finishedAt }: { startedAt: Date; finishedAt?: Date }) =>
  ((finishedAt?.getTime() ?? Number.NaN) - startedAt.getTime()) / 1000;

describe('the first deployment', () => {
  it('goes on when every secret has a value, and asks for each once', async () => {
    const service = asking();
    expect((await service.deploy(version(service))).status).toBe('SUCCESSFUL');
    expect(asked.sort()).toEqual([mail, sentry]);
    expect(errors()).toEqual([]);
  });

  it.each([
    ['empty', 'has no value', 'put-secret-value'],
    ['deleted', 'waits for its deletion', 'restore-secret'],
    ['missing', 'There is no secret', 'put-secret-value'],
  ] as const)(
    'ends at once, before any task, when a secret is %s, and says what to type',
    async (state, words, call) => {
      states[sentry] = state;
      const service = asking();
      const deployment = await service.deploy(version(service));
      expect(deployment.status).toBe('STOPPED');
      expect(deployment.statusReason).toContain('SecretsFilled');
      expect(deployment.tasks).toEqual([]);
      expect(secondsOf(deployment)).toBeLessThan(60);
      expect(errors()).toEqual([expect.stringContaining(words)]);
      expect(errors()[0]).toContain(`aws secretsmanager ${call} --secret-id ums/prod/external/sentry-dsn`);
    },
  );

  it('names every secret that lacks a value at once', async () => {
    states = { [sentry]: 'empty', [mail]: 'empty' };
    const service = asking();
    await service.deploy(version(service));
    expect(
      errors()
        .map((line) => /ums\/prod\/external\/\S+/.exec(line)?.[0])
        .sort(),
    ).toEqual(['ums/prod/external/mail', 'ums/prod/external/sentry-dsn']);
  });

  it('goes on once the value was put', async () => {
    states[mail] = 'empty';
    const service = asking();
    await service.deploy(version(service));
    states[mail] = 'filled';
    expect((await service.deploy(version(service))).status).toBe('SUCCESSFUL');
  });
});

it('a later version that needs a new key is undone, and the old one comes back though the key still lacks', async () => {
  const service = asking();
  const old = version(service, [sentry]);
  await service.deploy(old);
  states[mail] = 'empty';
  const [failed, back] = await service.deployByCloudFormation(version(service));
  expect(failed?.status).toBe('ROLLBACK_SUCCESSFUL');
  expect(back?.status).toBe('SUCCESSFUL');
  expect(service.serving).toBe(old);
});

describe('rights that are not there', () => {
  it('may be on their way: it asks again', async () => {
    states[mail] = 'denied';
    const service = asking();
    const { deployment, finished } = service.start(version(service));
    void service.clock.sleep(40).then(() => {
      states[mail] = 'filled';
    });
    await service.clock.until(finished);
    expect(deployment.status).toBe('SUCCESSFUL');
    expect(said().some(({ level }) => level === 'WARN')).toBe(true);
  });

  it('never come: the deployment ends after two minutes', async () => {
    states[mail] = 'denied';
    const service = asking();
    const deployment = await service.deploy(version(service));
    expect(deployment.status).toBe('STOPPED');
    expect(secondsOf(deployment)).toBeGreaterThanOrEqual(120);
    expect(secondsOf(deployment)).toBeLessThan(180);
  });
});

it('fails, so that its alarm fires, when Secrets Manager does', async () => {
  states[mail] = 'broken';
  const service = asking();
  const deployment = await service.deploy(version(service));
  expect(deployment.statusReason).toContain('InternalServiceError');
});

it('names a setting that is missing', async () => {
  delete process.env[env.prefix];
  const service = asking();
  const deployment = await service.deploy(version(service));
  expect(deployment.statusReason).toContain('FILLED_BY_HAND_PREFIX');
});

import { randomUUID } from 'node:crypto';
import { ECSClient } from '@aws-sdk/client-ecs';
import { Log } from '../../../lambda/common/log';
import { SecretStore } from '../../../lambda/common/secrets/store';
import { NotInUseError, redeploy, type Surroundings } from '../../../lambda/redeploy-service/redeploy';
import { Services } from '../../../lambda/redeploy-service/services';
import { answering } from '../../support/ecs-deployments/ecs-client';
import { SimulatedService, type SimulatedServiceProps } from '../../support/ecs-deployments/service';
import { clientOf } from '../../support/secrets-manager/client';
import { SecretsManagerStandIn } from '../../support/secrets-manager/service';

const MINUTE = 60;
const LOGIN = 'ums/prod/database/app';
const KEY = 'ums/prod/secret-key';

beforeEach(() => {
  jest.spyOn(console, 'log').mockImplementation(() => undefined);
  jest.spyOn(console, 'warn').mockImplementation(() => undefined);
});
afterEach(() => jest.restoreAllMocks());

/** A service that runs, secrets that it runs with, and the real code on one virtual clock. */
async function scene(props: SimulatedServiceProps = {}) {
  const secrets = new SecretsManagerStandIn();
  const service = new SimulatedService(props);
  const sync = () => {
    secrets.now = service.clock.now.getTime();
  };
  sync();
  const login = secrets.add({ name: LOGIN, value: 'a first login' });
  const key = secrets.add({ name: KEY, value: 'a first key' });
  const ecs = new ECSClient({ region: 'us-east-1' });
  ecs.send = answering(service) as never;
  const client = clientOf(secrets);
  const outcomes: string[] = [];
  /** Why the new login is not in use, as the database would say. */
  const database: { unused?: string; asked: number } = { asked: 0 };
  const around: Surroundings = {
    services: new Services(ecs, service.cluster, [service.name]),
    stores: [login, key].map((arn) => new SecretStore(arn, { client })),
    login,
    unusedLogin: async () => {
      database.asked += 1;
      return database.unused;
    },
    now: () => service.clock.now,
    log: new Log(),
  };
  const run = async () => {
    sync();
    try {
      outcomes.push(await redeploy(around));
    } catch (error) {
      if (!(error instanceof NotInUseError)) throw error;
      outcomes.push('alarm');
    }
    return outcomes.at(-1);
  };
  return {
    service,
    secrets,
    outcomes,
    database,
    around,
    run,
    /** Lets time pass, nobody looking. */
    pass: (minutes: number) => service.clock.until(service.clock.sleep(minutes * MINUTE)),
    /** Lets the function run every five minutes, as its rule has it. */
    watch: async (minutes: number) => {
      for (let left = minutes; left > 0; left -= 5) {
        await service.clock.until(service.clock.sleep(5 * MINUTE));
        await run();
      }
    },
    change: async (id: string) => {
      sync();
      await secrets.call('PutSecretValue', {
        SecretId: id,
        ClientRequestToken: randomUUID(),
        SecretString: randomUUID(),
      });
    },
    isDeployed: (id: string) => secrets.holder(id, 'DEPLOYED') === secrets.holder(id, 'AWSCURRENT'),
  };
}

type Scene = Awaited<ReturnType<typeof scene>>;

/** The same with a version that serves and is known to have the secrets. */
async function settled(props: SimulatedServiceProps = {}): Promise<Scene> {
  const made = await scene(props);
  await made.pass(1);
  await made.service.deploy(made.service.revision('app:1'));
  expect(await made.run()).toBe('done');
  await made.pass(60);
  return made;
}

describe('a first deployment', () => {
  it('is seen to have the secrets, and no second one follows', async () => {
    const { run, isDeployed, service } = await settled();
    expect([isDeployed(LOGIN), isDeployed(KEY)]).toEqual([true, true]);
    expect(await run()).toBe('nothing');
    expect(service.deployments).toHaveLength(1);
  });

  it('is left alone while nobody has filled a secret', async () => {
    const { secrets, around, run } = await scene();
    const arn = secrets.add({ name: 'ums/prod/external/mail' });
    const client = clientOf(secrets);
    expect(await redeploy({ ...around, stores: [new SecretStore(arn, { client })] })).toBe('nothing');
    expect(await run()).toBe('done');
  });
});

describe('a rotation', () => {
  it('brings one deployment, with all its hooks, and is marked when it has ended', async () => {
    const asked: string[] = [];
    const stages = ['PRE_SCALE_UP', 'POST_TEST_TRAFFIC_SHIFT'] as const;
    const handler = async ({ lifecycleStage }: { lifecycleStage: string }) => {
      asked.push(lifecycleStage);
      return { hookStatus: 'SUCCEEDED' };
    };
    const { watch, change, isDeployed, service } = await settled({ hooks: [{ id: 'migrate', stages, handler }] });
    asked.length = 0;
    await change(LOGIN);
    expect(isDeployed(LOGIN)).toBe(false);
    await watch(40);
    expect(isDeployed(LOGIN)).toBe(true);
    expect(service.deployments).toHaveLength(2);
    expect(asked).toEqual([...stages]);
  });

  it('shares its deployment with others that come within minutes', async () => {
    const { watch, pass, run, change, isDeployed, service } = await settled();
    await change(LOGIN);
    await pass(3);
    expect(await run()).toBe('wait');
    await change(KEY);
    await watch(40);
    expect([isDeployed(LOGIN), isDeployed(KEY)]).toEqual([true, true]);
    expect(service.deployments).toHaveLength(2);
  });

  it('does not wait for quiet longer than half an hour', async () => {
    const { pass, run, change, outcomes } = await settled();
    await change(LOGIN);
    for (let minute = 0; minute < 33; minute += 3) {
      await pass(3);
      await change(KEY);
      await run();
    }
    expect(outcomes).toContain('deploy');
  });

  it('that comes during a deployment waits for its end and gets another', async () => {
    const { watch, pass, change, isDeployed, service, outcomes } = await settled();
    service.start(service.revision('app:2'));
    await pass(2);
    await change(KEY);
    await watch(45);
    expect(isDeployed(KEY)).toBe(true);
    expect(service.deployments.map(({ target }) => target.image)).toEqual(['app:1', 'app:2', 'app:2']);
    expect(outcomes.slice(1)).toEqual(expect.arrayContaining(['wait', 'deploy', 'done']));
  });

  it('needs no deployment of its own when one started after it', async () => {
    const { pass, run, change, service } = await settled();
    await change(KEY);
    await pass(1);
    await service.deploy(service.revision('app:2'));
    expect(await run()).toBe('done');
    expect(service.deployments).toHaveLength(2);
  });

  it('is not marked while the database sees the old login', async () => {
    const { watch, change, isDeployed, database, outcomes } = await settled();
    database.unused = 'app_a has 1 session';
    await change(LOGIN);
    await change(KEY);
    await watch(60);
    expect([isDeployed(LOGIN), isDeployed(KEY)]).toEqual([false, true]);
    expect(outcomes).not.toContain('alarm');
    await watch(6 * 60);
    expect(outcomes.at(-1)).toBe('alarm');
    database.unused = undefined;
    await watch(5);
    expect(isDeployed(LOGIN)).toBe(true);
  });

  it('asks the database only where the login changed', async () => {
    const { watch, change, database } = await settled();
    const before = database.asked;
    await change(KEY);
    await watch(40);
    expect(database.asked).toBe(before);
  });
});

describe('deployments that are undone', () => {
  const bad = [
    ['tasks that fail', { failAfter: 20 }],
    ['tasks that are never healthy', { healthyAfter: 'never' }],
  ] as const;

  it.each(bad)('%s: tried three times with time between, then told', async (_, tasks) => {
    const { watch, change, isDeployed, service, outcomes } = await settled();
    await change(KEY);
    service.tasksOfNext = tasks;
    for (let hour = 0; hour < 6 && outcomes.at(-1) !== 'alarm'; hour++) {
      await watch(30);
      // What the watchdog does.
      for (const each of service.deployments) if (!each.finishedAt) each.stop();
      await watch(30);
    }
    expect(outcomes.at(-1)).toBe('alarm');
    expect(service.deployments).toHaveLength(1 + 3);
    expect(isDeployed(KEY)).toBe(false);

    // Somebody mends the cause and deploys: the mark follows by itself.
    await service.deploy(service.revision('app:2'));
    await watch(5);
    expect(isDeployed(KEY)).toBe(true);
  });

  it.each(['PRE_SCALE_UP', 'POST_TEST_TRAFFIC_SHIFT', 'POST_PRODUCTION_TRAFFIC_SHIFT'] as const)(
    'a hook that says no at %s leaves the old value marked, and the next try succeeds',
    async (stage) => {
      let refusing = false;
      const handler = async () => {
        const hookStatus = refusing ? 'FAILED' : 'SUCCEEDED';
        refusing = false;
        return { hookStatus };
      };
      const { watch, change, isDeployed, service } = await settled({
        hooks: [{ id: 'probe', stages: [stage], handler }],
      });
      refusing = true;
      await change(LOGIN);
      await watch(15);
      expect(isDeployed(LOGIN)).toBe(false);
      await watch(75);
      expect(isDeployed(LOGIN)).toBe(true);
      expect(service.deployments.map(({ status }) => status)).toEqual([
        'SUCCESSFUL',
        'ROLLBACK_SUCCESSFUL',
        'SUCCESSFUL',
      ]);
    },
  );

  it('an alarm in the bake leaves the old value marked', async () => {
    const { watch, change, isDeployed, service, outcomes } = await settled();
    await change(KEY);
    while (outcomes.at(-1) !== 'deploy') await watch(5);
    service.setAlarm('errors', 'ALARM');
    await watch(10);
    expect(isDeployed(KEY)).toBe(false);
    service.setAlarm('errors', 'OK');
    await watch(60);
    expect(isDeployed(KEY)).toBe(true);
  });

  it('a deployment that does not end is told after six hours', async () => {
    const { watch, change, service, outcomes } = await settled();
    await change(KEY);
    service.tasksOfNext = { healthyAfter: 'never' };
    await watch(5 * 60);
    expect(outcomes).not.toContain('alarm');
    await watch(2 * 60);
    expect(outcomes.at(-1)).toBe('alarm');
  });
});

describe('runs that meet', () => {
  it('mark once, whoever is first', async () => {
    const { pass, run, change, isDeployed, service } = await settled();
    await change(KEY);
    await pass(1);
    await service.deploy(service.revision('app:2'));
    const both = await Promise.all([run(), run()]);
    expect(both).toContain('done');
    expect(isDeployed(KEY)).toBe(true);
  });

  it('go on after a run that was cut off at any call', async () => {
    for (let at = 0; at < 12; at++) {
      const { watch, change, isDeployed, secrets } = await settled();
      await change(KEY);
      let calls = 0;
      secrets.interceptor = async (_, perform) => {
        if (calls++ !== at) return perform();
        await perform();
        throw Object.assign(new Error('cut off'), { name: 'TimeoutError' });
      };
      await watch(45).catch(() => undefined);
      await watch(45);
      expect(isDeployed(KEY)).toBe(true);
    }
  });
});

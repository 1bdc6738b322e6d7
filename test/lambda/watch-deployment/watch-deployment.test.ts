import { DescribeTasksCommand, ECSClient, type ListTasksCommand } from '@aws-sdk/client-ecs';
import { env } from '../../../lambda/watch-deployment/env';
import { bundledHandler } from '../../support/bundled-handler';
import { consoleLines } from '../../support/console-lines';
import type { Deployment } from '../../support/ecs-deployments/deployment';
import { answering } from '../../support/ecs-deployments/ecs-client';
import type { Tasks } from '../../support/ecs-deployments/protocol';
import { SimulatedService } from '../../support/ecs-deployments/service';

const handler = bundledHandler<void>('watch-deployment');
/** Minutes between the watchdog's runs, as its rule has it. */
const EVERY = 5;

let send: jest.SpyInstance;
let said: string[];

beforeEach(() => {
  send = jest.spyOn(ECSClient.prototype, 'send');
  said = consoleLines();
  process.env[env.cluster] = 'ums-prod-cluster';
  process.env[env.service] = 'ums-prod-web';
  process.env[env.scaleUpMinutes] = '30';
  process.env[env.noTaskMinutes] = '360';
});

afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

/** Lets the real handler run every five minutes of virtual time beside a deployment. */
async function watched(service: SimulatedService, tasks: Tasks): Promise<Deployment> {
  send.mockImplementation(answering(service) as never);
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'setTimeout', 'clearTimeout'] });
  const { deployment, finished } = service.start(service.revision('app:2', tasks));
  const watch = async () => {
    while (!deployment.finishedAt) {
      await service.clock.sleep(EVERY * 60);
      await service.clock.hold(async () => {
        jest.setSystemTime(service.clock.now);
        await handler();
      });
    }
  };
  const watching = watch();
  await service.clock.until(finished);
  await service.clock.until(watching);
  return deployment;
}

async function serving(): Promise<SimulatedService> {
  const service = new SimulatedService();
  await service.deploy(service.revision('app:1'));
  return service;
}

const minutesOf = ({ startedAt, finishedAt }: Deployment) =>
  ((finishedAt?.getTime() ?? 0) - startedAt.getTime()) / 60_000;

describe('the watchdog beside a deployment', () => {
  it('rolls back when tasks start and never become healthy', async () => {
    const service = await serving();
    const before = service.serving;
    const deployment = await watched(service, { healthyAfter: 'never' });
    expect(deployment.status).toBe('ROLLBACK_SUCCESSFUL');
    expect(deployment.statusReason).toBe('stopped by request');
    expect(service.serving).toBe(before);
    expect(minutesOf(deployment)).toBeGreaterThan(30);
    expect(minutesOf(deployment)).toBeLessThanOrEqual(30 + EVERY);
    expect(said.some((line) => line.includes('rolling back'))).toBe(true);
  });

  it('rolls back after hours when no task can be placed', async () => {
    const deployment = await watched(await serving(), { placed: false });
    expect(deployment.status).toBe('ROLLBACK_SUCCESSFUL');
    expect(minutesOf(deployment)).toBeGreaterThan(360);
  });

  it('leaves a deployment alone that takes its time', async () => {
    const deployment = await watched(await serving(), { healthyAfter: 25 * 60 });
    expect(deployment.status).toBe('SUCCESSFUL');
  });

  it('leaves a long migration alone', async () => {
    let calls = 0;
    const service = new SimulatedService({
      hooks: [
        {
          id: 'migrate',
          stages: ['PRE_SCALE_UP'],
          // The first deployment has nothing to migrate; the second takes two hours.
          handler: async () => ({ hookStatus: ++calls === 1 || calls > 240 ? 'SUCCEEDED' : 'IN_PROGRESS' }),
        },
      ],
    });
    await service.deploy(service.revision('app:1'));
    const deployment = await watched(service, { healthyAfter: 60 });
    expect(deployment.status).toBe('SUCCESSFUL');
    expect(minutesOf(deployment)).toBeGreaterThan(119);
  });
});

describe('the watchdog by itself', () => {
  it('asks once and no more when nothing is deployed', async () => {
    send.mockImplementation(answering(await serving()) as never);
    await handler();
    expect(send).toHaveBeenCalledTimes(1);
  });

  it('asks for every page of tasks', async () => {
    send.mockImplementation((async (command: { input: object; constructor: { name: string } }) => {
      switch (command.constructor.name) {
        case 'ListServiceDeploymentsCommand':
          return { serviceDeployments: [{ serviceDeploymentArn: 'd' }] };
        case 'DescribeServiceDeploymentsCommand':
          return {
            serviceDeployments: [{ serviceDeploymentArn: 'd', lifecycleStage: 'SCALE_UP', startedAt: new Date() }],
          };
        case 'ListTasksCommand':
          return (command as ListTasksCommand).input.nextToken
            ? { taskArns: ['b'] }
            : { taskArns: ['a'], nextToken: 'more' };
        default:
          return { tasks: [] };
      }
    }) as never);
    await handler();
    const described = send.mock.calls
      .map(([command]) => command)
      .filter((command) => command instanceof DescribeTasksCommand);
    expect(described.flatMap(({ input }) => input.tasks)).toEqual(['a', 'b', 'a', 'b']);
  });

  it('names a setting that is missing', async () => {
    delete process.env[env.cluster];
    await expect(handler()).rejects.toThrow('CLUSTER_NAME');
  });

  it('fails when ECS refuses, so that its alarm fires', async () => {
    send.mockRejectedValue(new Error('AccessDeniedException') as never);
    await expect(handler()).rejects.toThrow('AccessDenied');
  });
});

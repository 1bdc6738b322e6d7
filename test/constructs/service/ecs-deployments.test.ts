import type { HookAnswer, HookEvent, HookStage } from '../../support/ecs-deployments/protocol';
import { SimulatedService, type SimulatedServiceProps } from '../../support/ecs-deployments/service';

/** A hook that keeps what it was told and answers from a list, the last answer again and again. */
function recorded(id: string, stages: readonly HookStage[], ...answers: readonly HookAnswer[]) {
  const events: HookEvent[] = [];
  return {
    events,
    hook: {
      id,
      stages,
      handler: async (event: HookEvent) => {
        events.push(event);
        return answers[Math.min(events.length, answers.length) - 1] ?? { hookStatus: 'SUCCEEDED' };
      },
    },
  };
}

/** A service with a first version that serves, and another ready. */
async function serving(props: SimulatedServiceProps = {}) {
  const service = new SimulatedService(props);
  const blue = service.revision('app:1');
  await service.deploy(blue);
  return { service, blue, green: service.revision('app:2') };
}

const stagesOf = (history: readonly { stage: string; hook?: string; back: boolean }[]) =>
  history.filter(({ hook }) => hook === undefined).map(({ stage, back }) => (back ? `back ${stage}` : stage));

describe('a deployment that goes well', () => {
  it('passes every stage in order, bakes, and leaves the new version serving', async () => {
    const { service, green } = await serving();
    const start = service.clock.now;
    const deployment = await service.deploy(green);
    expect(deployment.status).toBe('SUCCESSFUL');
    expect(stagesOf(deployment.history)).toEqual([
      'PRE_SCALE_UP',
      'SCALE_UP',
      'POST_SCALE_UP',
      'TEST_TRAFFIC_SHIFT',
      'POST_TEST_TRAFFIC_SHIFT',
      'PRE_PRODUCTION_TRAFFIC_SHIFT',
      'PRODUCTION_TRAFFIC_SHIFT',
      'POST_PRODUCTION_TRAFFIC_SHIFT',
      'BAKE_TIME',
      'CLEAN_UP',
    ]);
    expect(service.serving).toBe(green);
    // A minute to become healthy, two shifts of ten seconds, ten minutes to bake.
    expect((service.clock.now.getTime() - start.getTime()) / 1000).toBe(60 + 20 + 600);
  });

  it('has no test stages without a rule for test traffic', async () => {
    const { service, green } = await serving({ testListener: false });
    const { history } = await service.deploy(green);
    expect(stagesOf(history)).not.toContain('TEST_TRAFFIC_SHIFT');
    expect(stagesOf(history)).not.toContain('POST_TEST_TRAFFIC_SHIFT');
  });

  it('hands hooks the documented event, with weights while traffic moves', async () => {
    const moves = recorded('moves', [
      'POST_SCALE_UP',
      'TEST_TRAFFIC_SHIFT',
      'PRE_PRODUCTION_TRAFFIC_SHIFT',
      'PRODUCTION_TRAFFIC_SHIFT',
    ]);
    const { service, blue, green } = await serving({ hooks: [moves.hook] });
    moves.events.length = 0;
    const { arn } = await service.deploy(green);
    expect(
      moves.events.map(({ executionDetails: { testTrafficWeights, productionTrafficWeights } }) => [
        testTrafficWeights,
        productionTrafficWeights,
      ]),
    ).toEqual([
      [{}, {}],
      [{ [green.arn]: 100, [blue.arn]: 0 }, {}],
      [{}, { [green.arn]: 0, [blue.arn]: 100 }],
      [{}, { [green.arn]: 100, [blue.arn]: 0 }],
    ]);
    expect(moves.events[0]).toMatchObject({
      lifecycleStage: 'POST_SCALE_UP',
      resourceArn: arn,
      executionDetails: { serviceArn: service.arn, targetServiceRevisionArn: green.arn },
    });
  });
});

describe('hooks', () => {
  it('are asked again after 30 seconds, or after the delay that they wish for, and keep what they remember', async () => {
    const slow = recorded(
      'slow',
      ['PRE_SCALE_UP'],
      { hookStatus: 'IN_PROGRESS', hookDetails: { task: 'a' } },
      { hookStatus: 'IN_PROGRESS', callBackDelay: 120, hookDetails: { seen: 1 } },
      { hookStatus: 'SUCCEEDED' },
    );
    const service = new SimulatedService({ hooks: [{ ...slow.hook, hookDetails: { of: 'service' } }] });
    const { history, startedAt } = await service.deploy(service.revision('app:1'));
    const calls = history.filter(({ hook }) => hook === 'slow');
    expect(calls.map(({ at, answer }) => [(at.getTime() - startedAt.getTime()) / 1000, answer])).toEqual([
      [0, 'IN_PROGRESS'],
      [30, 'IN_PROGRESS'],
      [150, 'SUCCEEDED'],
    ]);
    expect(slow.events.map(({ hookDetails }) => hookDetails)).toEqual([
      { of: 'service' },
      { of: 'service', task: 'a' },
      { of: 'service', task: 'a', seen: 1 },
    ]);
  });

  it('of one stage run in parallel, and the stage waits for the last', async () => {
    const nap = (id: string, seconds: number) => ({
      id,
      stages: ['PRE_SCALE_UP' as const],
      handler: async (_event: HookEvent, sleep: (seconds: number) => Promise<void>) => {
        await sleep(seconds);
        return { hookStatus: 'SUCCEEDED' };
      },
    });
    const service = new SimulatedService({ hooks: [nap('long', 300), nap('short', 100)] });
    const { history, startedAt } = await service.deploy(service.revision('app:1'));
    const at = (what: (each: (typeof history)[number]) => boolean) =>
      ((history.find(what)?.at.getTime() ?? 0) - startedAt.getTime()) / 1000;
    expect(at(({ hook }) => hook === 'short')).toBe(100);
    expect(at(({ hook }) => hook === 'long')).toBe(300);
    expect(at(({ stage }) => stage === 'SCALE_UP')).toBe(300);
  });

  it('are asked when the service is created, where there is nothing to bake', async () => {
    const first = recorded('first', ['PRE_SCALE_UP', 'POST_PRODUCTION_TRAFFIC_SHIFT']);
    const service = new SimulatedService({ hooks: [first.hook] });
    const { history, status } = await service.deploy(service.revision('app:1'));
    expect(status).toBe('SUCCESSFUL');
    expect(first.events).toHaveLength(2);
    expect(stagesOf(history)).not.toContain('BAKE_TIME');
  });

  it.each([
    ['say no', async () => ({ hookStatus: 'FAILED' }), 'answered FAILED'],
    ['say nothing', async () => undefined, 'no valid hookStatus'],
    ['say something else', async () => ({ status: 'ok' }), 'no valid hookStatus'],
    [
      'wish for no delay at all',
      async () => ({ hookStatus: 'IN_PROGRESS', callBackDelay: 0 }),
      'no valid callBackDelay',
    ],
    ['throw', async () => Promise.reject(new Error('no connection')), 'no connection'],
    [
      'take longer than Lambda allows',
      async (_event: HookEvent, nap: (seconds: number) => Promise<void>) => {
        await nap(16 * 60);
        return { hookStatus: 'SUCCEEDED' };
      },
      'within 15 minutes',
    ],
  ])('that %s undo the deployment', async (_what, answer, reason) => {
    let armed = false;
    const hook = {
      id: 'judge',
      stages: ['POST_TEST_TRAFFIC_SHIFT' as const],
      handler: (event: HookEvent, nap: (seconds: number) => Promise<void>) =>
        armed ? (answer(event, nap) as Promise<unknown>) : Promise.resolve({ hookStatus: 'SUCCEEDED' }),
    };
    const { service, blue, green } = await serving({ hooks: [hook] });
    armed = true;
    const deployment = await service.deploy(green);
    expect(deployment.status).toBe('ROLLBACK_SUCCESSFUL');
    expect(deployment.statusReason).toContain(reason);
    expect(service.serving).toBe(blue);
    expect(stagesOf(deployment.history)).not.toContain('PRODUCTION_TRAFFIC_SHIFT');
  });

  it.each([
    ['ROLLBACK', 'ROLLBACK_SUCCESSFUL'],
    ['CONTINUE', 'SUCCESSFUL'],
  ] as const)('that stay in progress too long end by %s', async (action, status) => {
    let armed = false;
    const hook = {
      id: 'slow',
      stages: ['PRE_SCALE_UP' as const],
      timeout: { minutes: 60, action },
      handler: async () => ({ hookStatus: armed ? 'IN_PROGRESS' : 'SUCCEEDED' }),
    };
    const { service, green } = await serving({ hooks: [hook] });
    armed = true;
    expect((await service.deploy(green)).status).toBe(status);
  });
});

describe('on the way back', () => {
  it('asks only the hooks of the two shifts again, with the new revision as target and the old one at 100', async () => {
    const all = recorded('all', ['PRE_SCALE_UP', 'TEST_TRAFFIC_SHIFT', 'PRODUCTION_TRAFFIC_SHIFT']);
    let armed = false;
    const judge = {
      id: 'judge',
      stages: ['POST_PRODUCTION_TRAFFIC_SHIFT' as const],
      handler: async () => ({ hookStatus: armed ? 'FAILED' : 'SUCCEEDED' }),
    };
    const { service, blue, green } = await serving({ hooks: [all.hook, judge] });
    armed = true;
    all.events.length = 0;
    const { history, production } = await service.deploy(green);
    expect(all.events.map(({ lifecycleStage }) => lifecycleStage)).toEqual([
      'PRE_SCALE_UP',
      'TEST_TRAFFIC_SHIFT',
      'PRODUCTION_TRAFFIC_SHIFT',
      'PRODUCTION_TRAFFIC_SHIFT',
      'TEST_TRAFFIC_SHIFT',
    ]);
    expect(all.events[3]?.executionDetails).toMatchObject({
      targetServiceRevisionArn: green.arn,
      productionTrafficWeights: { [green.arn]: 0, [blue.arn]: 100 },
    });
    expect(history.filter(({ back, hook }) => back && hook === undefined)).toHaveLength(2);
    expect(production).toEqual({ [green.arn]: 0, [blue.arn]: 100 });
  });

  it('fails when a hook of a shift fails there too', async () => {
    let call = 0;
    const hook = {
      id: 'stubborn',
      stages: ['PRODUCTION_TRAFFIC_SHIFT' as const],
      // The first deployment passes; the second fails forth and back.
      handler: async () => ({ hookStatus: ++call === 1 ? 'SUCCEEDED' : 'FAILED' }),
    };
    const { service, green } = await serving({ hooks: [hook] });
    expect((await service.deploy(green)).status).toBe('ROLLBACK_FAILED');
  });

  it('follows CloudFormation with a second deployment of the old image, every hook included', async () => {
    const migrate = recorded('migrate', ['PRE_SCALE_UP']);
    const { service, blue } = await serving({ hooks: [migrate.hook] });
    migrate.events.length = 0;
    const bad = service.revision('app:2', { failAfter: 5 });
    const deployments = await service.deployByCloudFormation(bad);
    expect(deployments.map(({ status, target }) => [status, target.image])).toEqual([
      ['ROLLBACK_SUCCESSFUL', 'app:2'],
      ['SUCCESSFUL', 'app:1'],
    ]);
    expect(migrate.events.map(({ executionDetails }) => executionDetails.targetServiceRevisionArn)).toEqual([
      bad.arn,
      blue.arn,
    ]);
  });
});

describe('what ends a deployment from outside', () => {
  it('is an alarm in any minute of the bake', async () => {
    const { service, blue, green } = await serving();
    const { finished } = service.start(green);
    const fires = service.clock.sleep(60 + 20 + 300).then(() => service.setAlarm('errors', 'ALARM'));
    const [deployment] = await service.clock.until(Promise.all([finished, fires]));
    expect(deployment.status).toBe('ROLLBACK_SUCCESSFUL');
    expect(deployment.statusReason).toBe('alarm errors');
    expect(deployment.history.at(-3)?.stage).toBe('BAKE_TIME');
    expect(service.serving).toBe(blue);
  });

  it('is no alarm that was there before: the fix of an outage can be deployed', async () => {
    const { service, green } = await serving();
    service.setAlarm('errors', 'ALARM');
    const { finished } = service.start(green);
    service.setAlarm('errors', 'ALARM');
    expect((await service.clock.until(finished)).status).toBe('SUCCESSFUL');
  });

  it('is the circuit breaker, after three failed tasks', async () => {
    const { service } = await serving();
    const deployment = await service.deploy(service.revision('app:2', { failAfter: 20 }));
    expect(deployment.statusReason).toContain('circuit breaker');
    expect(deployment.tasks).toHaveLength(3);
  });

  it('is CloudFormation after 36 hours, when nothing else does', async () => {
    const { service } = await serving();
    const [deployment] = await service.deployByCloudFormation(service.revision('app:2', { healthyAfter: 'never' }));
    expect(deployment?.status).toBe('ROLLBACK_SUCCESSFUL');
    expect((deployment?.finishedAt?.getTime() ?? 0) - (deployment?.startedAt.getTime() ?? 0)).toBe(36 * 3_600_000);
  });

  it('is nothing at all for a service that is being created: it stops', async () => {
    const service = new SimulatedService();
    const deployment = await service.deploy(service.revision('app:1', { failAfter: 5 }));
    expect(deployment.status).toBe('STOPPED');
    expect(service.serving).toBeUndefined();
  });

  it('has one deployment to end at a time', async () => {
    const { service, green } = await serving();
    const { finished } = service.start(green);
    expect(() => service.start(service.revision('app:3'))).toThrow('stop it first');
    await service.clock.until(finished);
  });
});

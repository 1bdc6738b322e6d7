import { judge } from '../../../lambda/watch-deployment/overstay';

const start = new Date('2026-11-01T12:00:00Z');
const later = (minutes: number) => new Date(start.getTime() + minutes * 60_000);
const limits = { scaleUpMinutes: 30, noTaskMinutes: 360 };
const scalingUp = { lifecycleStage: 'SCALE_UP', startedAt: start };
const blue = { startedBy: 'ecs-svc/1', createdAt: later(-600) };
const green = (minutes: number) => ({ startedBy: 'ecs-svc/2', createdAt: later(minutes) });

describe('judging a deployment', () => {
  it.each([
    ['young tasks', [blue, green(1)], 20, false],
    ['tasks at the limit', [blue, green(0)], 30, false],
    ['tasks beyond the limit', [blue, green(0)], 31, true],
    ['a young task beside an old one of the same version', [blue, green(0), green(30)], 31, true],
    ['tasks that started after two hours of migrations', [blue, green(120)], 140, false],
    [
      'a copy that autoscaling added to the old version',
      [blue, { ...blue, createdAt: later(1) }, green(60)],
      80,
      false,
    ],
    ['no task at all, for an hour', [blue], 60, false],
    ['no task at all, for seven hours', [blue], 420, true],
    ['the first version of a service', [green(0)], 31, true],
  ])('%s', (_what, tasks, minutes, overstays) => {
    expect(judge(scalingUp, tasks, later(minutes), limits).overstays).toBe(overstays);
  });

  it.each(['PRE_SCALE_UP', 'POST_TEST_TRAFFIC_SHIFT', 'BAKE_TIME', undefined])(
    'leaves the stage %s to its own limits',
    (lifecycleStage) => {
      expect(judge({ lifecycleStage, startedAt: start }, [green(0)], later(6000), limits).overstays).toBe(false);
    },
  );

  it('waits for a deployment that has not started', () => {
    expect(judge({ lifecycleStage: 'SCALE_UP' }, [], later(6000), limits).overstays).toBe(false);
  });

  it('says how long, and of what', () => {
    expect(judge(scalingUp, [blue, green(0)], later(45), limits)).toEqual({
      overstays: true,
      since: start,
      reason: 'its tasks do not become healthy (45 of 30 minutes)',
    });
  });
});

import { runsInMonth } from '../../lib/pricing/schedule';

describe('runsInMonth', () => {
  it.each([
    ['rate(1 day)', 30.4],
    ['rate(6 hours)', 121.6],
    ['rate(30 minutes)', 1459.2],
    ['cron(15 3 * * ? *)', 30.4],
    ['cron(0/15 * * * ? *)', 2918.4],
    ['cron(0 8,20 * * ? *)', 60.8],
    ['cron(0 9 ? * MON-FRI *)', 21.714],
    ['cron(0 9 ? * 2 *)', 4.343],
    ['cron(0 4 1 * ? *)', 1],
    ['cron(0 4 1 1,7 ? *)', 0.167],
    ['cron(0-4 * L * ? *)', 120],
    ['cron(0 9 ? * FRI-MON *)', 17.371],
    ['cron(0 22-2 * * ? *)', 152],
    ['cron(0 4 1 JAN-MAR ? *)', 0.25],
    ['cron(0 9 ? * MON,WED *)', 8.686],
    ['cron(0 9 ? * 2#1 *)', 4.343],
  ])('%s fires %d times in a month', (expression, times) => {
    expect(runsInMonth(expression)).toBeCloseTo(times, 2);
  });

  it.each(['every day', 'cron(* * *)', 'cron(*/0 * * * ? *)', 'cron(60 0 * * ? *)'])('refuses %s', (expression) => {
    expect(() => runsInMonth(expression)).toThrow(`'${expression}' is no schedule`);
  });
});

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { Tier } from '../../../lib/config/schema';
import { ALARM_METADATA } from '../../../lib/constructs/alarms/registrar';
import { EdgeStack } from '../../../lib/stacks/edge-stack';
import { FoundationStack } from '../../../lib/stacks/foundation-stack';
import { NetworkStack } from '../../../lib/stacks/network-stack';
import { environmentOf, stageOf } from '../../support/environments';

interface Query {
  readonly Id: string;
  readonly Expression?: string;
  readonly MetricStat?: { readonly Metric: { readonly MetricName: string }; readonly Period: number };
}
interface AlarmResource {
  readonly Properties: {
    readonly AlarmName: string;
    readonly Threshold: number;
    readonly TreatMissingData: string;
    readonly Metrics?: readonly Query[];
    readonly MetricName?: string;
  };
  readonly Metadata: Readonly<Record<string, { readonly severity: string; readonly runbook: string }>>;
}

function build(tier: Tier) {
  const environment = environmentOf(tier);
  const stage = stageOf(environment);
  const foundation = new FoundationStack(stage, 'foundation', { environment });
  const network = new NetworkStack(stage, 'network', { environment, foundation });
  const { edge } = new EdgeStack(stage, 'edge', { environment, foundation, network });
  const found = Template.fromStack(Stack.of(edge)).findResources('AWS::CloudWatch::Alarm');
  const prefix = `${environment.app.name}-${environment.name}-`;
  const alarms = new Map(
    (Object.values(found) as unknown as AlarmResource[]).map((alarm) => [
      alarm.Properties.AlarmName.slice(prefix.length),
      alarm,
    ]),
  );
  return { edge, alarms };
}

const prod = build('production');
const dev = build('development');
const of = (name: string): AlarmResource => {
  const alarm = prod.alarms.get(name);
  if (!alarm) throw new Error(`no alarm ${name}: ${[...prod.alarms.keys()].join(', ')}`);
  return alarm;
};

/**
 * What an expression gives for figures, as CloudWatch reckons: `IF`, `SUM` and `MAX` of several figures, which skip those
 * without data, and arithmetic, which has no value when a figure has none.
 */
function calculate(name: string, figures: Readonly<Record<string, number>>): number | undefined {
  const expression = of(name).Properties.Metrics?.find((query) => query.Expression)?.Expression ?? '';
  const names = of(name).Properties.Metrics?.flatMap((query) => (query.MetricStat ? [query.Id] : [])) ?? [];
  const given = (values: (number | undefined)[]) => values.filter((value) => value !== undefined);
  const calculated = new Function('IF', 'SUM', 'MAX', ...names, `return ${expression}`)(
    (condition: boolean, yes: number, no: number) => (condition ? yes : no),
    (values: (number | undefined)[]) => given(values).reduce((sum, value) => sum + value, 0),
    (values: (number | undefined)[]) => (given(values).length > 0 ? Math.max(...given(values)) : undefined),
    ...names.map((each) => figures[each]),
  ) as number | undefined;
  return Number.isNaN(calculated) ? undefined : calculated;
}

describe('alarms on errors', () => {
  it.each([
    ['one error in three requests is no outage', { errors: 1, requests: 3 }, false],
    ['five errors in a hundred requests are', { errors: 5, requests: 100 }, true],
    ['four in a hundred are not', { errors: 4, requests: 100 }, false],
    ['forty in ten thousand are not', { errors: 40, requests: 10_000 }, false],
    ['every request fails', { errors: 50, requests: 50 }, true],
  ])('of the application: %s', (_case, figures, fires) => {
    const value = calculate('application-errors', figures) ?? 0;
    expect(value >= of('application-errors').Properties.Threshold).toBe(fires);
  });

  it('of the load balancer count requests that found no copy, which are counted nowhere else', () => {
    expect(calculate('load-balancer-errors', { errors: 30 })).toBe(100);
    expect(calculate('load-balancer-errors', { errors: 30, requests: 570 })).toBe(5);
    expect(of('load-balancer-errors').Properties.Threshold).toBe(5);
  });

  it('are quiet without requests', () => {
    for (const name of ['application-errors', 'application-errors-last', 'load-balancer-errors', 'slow-responses']) {
      expect(of(name).Properties.TreatMissingData).toBe('notBreaching');
    }
  });
});

describe('alarms on copies', () => {
  it.each([
    ['blue serves, green is empty', { blue: 2 }, 2],
    ['green serves, blue is empty', { green: 3 }, 3],
    ['both, during a deployment', { blue: 2, green: 1 }, 2],
    ['none fit', { blue: 0 }, 0],
    ['none registered', {}, undefined],
  ])('count those of the group that serves: %s', (_case, figures, healthy) => {
    expect(calculate('no-healthy-copies', figures)).toBe(healthy);
  });

  it('take silence for the worst', () => {
    expect(of('no-healthy-copies').Properties).toMatchObject({ Threshold: 1, TreatMissingData: 'breaching' });
  });

  it('expect as many as the environment keeps at least, where that is more than one', () => {
    expect(of('too-few-healthy-copies').Properties.Threshold).toBe(2);
    expect([...dev.alarms.keys()]).not.toContain('too-few-healthy-copies');
    expect([...dev.alarms.keys()]).toContain('no-healthy-copies');
  });

  it('watch both groups', () => {
    expect(of('unhealthy-copies-blue').Properties.MetricName).toBe('UnHealthyHostCount');
    expect(of('unhealthy-copies-green').Properties.MetricName).toBe('UnHealthyHostCount');
  });
});

describe('alarms on slowness', () => {
  it.each([
    [{ requests: 9, slowest: 20 }, 0],
    [{ requests: 10, slowest: 20 }, 20],
  ])('ask for requests enough to tell', (figures, value) => {
    expect(calculate('slow-responses', figures)).toBe(value);
  });
});

describe('alarms on the certificate', () => {
  it('look at 30 days and wake at 14, and stay after the end', () => {
    expect(of('certificate-not-renewed').Properties).toMatchObject({ Threshold: 30, TreatMissingData: 'ignore' });
    expect(of('certificate-expires').Properties).toMatchObject({ Threshold: 14, TreatMissingData: 'ignore' });
    expect(of('certificate-expires').Metadata[ALARM_METADATA]?.severity).toBe('critical');
  });
});

describe('a deployment', () => {
  it('goes back on errors, slowness and copies that fail, and on nothing that it can’t have caused', () => {
    expect(prod.edge.bakeAlarms.map((alarm) => alarm.node.id)).toEqual([
      'ApplicationErrors',
      'ApplicationErrorsLast',
      'LoadBalancerErrors',
      'SlowResponses',
      'UnhealthyCopiesBlue',
      'UnhealthyCopiesGreen',
    ]);
  });
});

describe('runbooks', () => {
  const runbooks = [...new Set([...prod.alarms.values()].map((alarm) => alarm.Metadata[ALARM_METADATA]?.runbook))];

  it.each(runbooks)('%s has every section and names its alarms', (runbook) => {
    const path = join(__dirname, '..', '..', '..', 'runbooks', String(runbook), 'README.md');
    expect(existsSync(path)).toBe(true);
    const page = readFileSync(path, 'utf8');
    for (const section of ['Meaning', 'Impact', 'Diagnosis', 'Mitigation', 'Verify', 'Roll back']) {
      expect(page).toContain(`\n## ${section}\n`);
    }
    const named = [...prod.alarms]
      .filter(([, alarm]) => alarm.Metadata[ALARM_METADATA]?.runbook === runbook)
      .map(([name]) => name.replace(/(^|-)([a-z])/g, (_match, _dash, letter: string) => letter.toUpperCase()));
    for (const name of named) expect(page.replace('UnhealthyCopies…', '')).toContain(name);
  });
});

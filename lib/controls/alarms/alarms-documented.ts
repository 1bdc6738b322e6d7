import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import { rowIds } from '../rows';
import { asList, asObject, type EnvironmentView, type Json } from '../view';

const ALARM = 'AWS::CloudWatch::Alarm';
/** Where the registrar writes rows, severity and runbook. */
const METADATA = 'Breakwater::Alarm';
const known: ReadonlySet<string> = new Set(rowIds);

const text = (runbook: string, rows = 'A08') =>
  `The gateway is full. Rows ${rows}. Runbook: https://github.com/example/ums/blob/main/runbooks/${runbook}/README.md`;
const alarm = (
  AlarmDescription: Json,
  metadata: Readonly<Record<string, Json>> = {},
  AlarmName: Json = 'ums-prod-full',
) => ({
  Alarm: {
    Type: ALARM,
    Metadata: { [METADATA]: { rows: ['A08'], severity: 'critical', runbook: 'gateway-full', ...metadata } },
    Properties: { AlarmDescription, AlarmName },
  },
});

/** Where runbooks stand: all alarms of an environment send people to the same repository. */
function usualRoot(environment: EnvironmentView): string {
  const roots = environment.ofType(ALARM).flatMap(({ properties }) => {
    const [, root] = /Runbook: (https:\/\/\S+)\/runbooks\//.exec(environment.text(properties.AlarmDescription)) ?? [];
    return root === undefined ? [] : [root];
  });
  const count = (root: string) => roots.filter((each) => each === root).length;
  return [...new Set(roots)].sort((a, b) => count(b) - count(a))[0] ?? 'https://';
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

export const control: RuleControl = {
  id: 'alarms-documented',
  title: 'Every alarm says what is wrong, which rows it serves and where its runbook is',
  holds: ['A11/enforce'],
  tiers: everyTier,
  why: 'Who is woken by a name and a number loses the first quarter of an hour.',
  remedy: 'Add the alarm through AlarmRegistrar.add, which writes the description.',
  protects: [{ type: ALARM, properties: ['AlarmDescription', 'AlarmName'] }],
  check: (environment) => {
    const usual = usualRoot(environment);
    return environment.ofType(ALARM).flatMap((resource): Finding[] => {
      const { rows, runbook } = asObject(resource.metadata[METADATA]);
      const stated = asList(rows).map(String);
      const description = environment.text(resource.properties.AlarmDescription);
      const { AlarmName: name } = resource.properties;
      const link = new RegExp(
        `^\\S.{9,}\\. Rows ${stated.join(', ')}\\. Runbook: ${escaped(usual)}/runbooks/${String(runbook)}/README\\.md$`,
      );
      const faults: Finding[] = [];
      if (stated.length === 0 || stated.some((row) => !known.has(row)) || !/^[a-z][a-z0-9-]+$/.test(String(runbook))) {
        const expected = 'rows of the checklist and a runbook';
        faults.push({
          resource,
          location: `Metadata.${METADATA}`,
          found: shown(resource.metadata[METADATA]),
          expected,
        });
      } else if (!link.test(description)) {
        const expected = `what is wrong, "Rows ${stated.join(', ')}" and the link of runbooks/${String(runbook)}`;
        faults.push({ resource, location: 'Properties.AlarmDescription', found: shown(description), expected });
      }
      if (typeof name !== 'string' || name === '') {
        const expected = 'a name that people know again';
        faults.push({ resource, location: 'Properties.AlarmName', found: shown(name), expected });
      }
      return faults;
    });
  },
  fixtures: {
    pass: [fixture('documented', alarm(text('gateway-full')))],
    refuse: [
      fixture('no description', alarm('')),
      fixture('no link', alarm('The gateway is full. Rows A08.')),
      fixture('the link of another runbook', alarm(text('cache-down'))),
      fixture('the runbooks of another repository', {
        ...alarm(text('gateway-full')),
        Second: alarm(text('gateway-full')).Alarm,
        Third: alarm(text('gateway-full').replace('example/ums', 'else/where')).Alarm,
      }),
      fixture('other rows', alarm(text('gateway-full', 'A09'))),
      fixture('a row that the checklist lacks', alarm(text('gateway-full', 'A99'), { rows: ['A99'] })),
      fixture('no rows', alarm(text('gateway-full', ''), { rows: [] })),
      fixture('no runbook', alarm(text('gateway-full'), { runbook: '' })),
      fixture('not registered', { Alarm: { Type: ALARM, Properties: { AlarmDescription: text('gateway-full') } } }),
      fixture('no name', alarm(text('gateway-full'), {}, '')),
    ],
  },
};

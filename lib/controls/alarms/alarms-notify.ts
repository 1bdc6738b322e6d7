import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import { asList, asObject, type EnvironmentView, type Json, type Resource } from '../view';

const ALARM = 'AWS::CloudWatch::Alarm';
const TOPIC = 'AWS::SNS::Topic';
/** Where the registrar writes an alarm's severity, rows and runbook. */
const METADATA = 'Breakwater::Alarm';
const SEVERITIES = ['critical', 'warning', 'security'];

const topic = (severity: string) => ({
  Type: TOPIC,
  Metadata: { 'aws:cdk:path': `fixture/foundation/Topics/${severity}/Resource` },
});
const to = (...topics: string[]): Json => topics.map((Ref) => ({ Ref }));
const environmentWith = (properties: Readonly<Record<string, Json>>, severity = 'critical') => ({
  Critical: topic('Critical'),
  Warning: topic('Warning'),
  Alarm: {
    Type: ALARM,
    Metadata: { [METADATA]: { severity, runbook: 'database-silent', rows: ['A06'] } },
    Properties: { AlarmActions: to('Critical'), OKActions: to('Critical'), ...properties },
  },
});

export const control: RuleControl = {
  id: 'alarms-notify',
  title: 'Every alarm tells the people of its severity when it begins and when it ends',
  holds: ['A11/enforce'],
  tiers: everyTier,
  why: 'An alarm that nobody hears, or that wakes the wrong people, is the same as none.',
  remedy: 'Add alarms through the AlarmRegistrar, which wires their actions; never switch actions off in a template.',
  protects: [{ type: ALARM, properties: ['ActionsEnabled', 'AlarmActions', 'OKActions'] }],
  check: (environment) => environment.ofType(ALARM).flatMap((alarm) => faultsOf(alarm, environment)),
  fixtures: {
    pass: [
      fixture('to its own topic', environmentWith({})),
      fixture('actions on', environmentWith({ ActionsEnabled: true })),
    ],
    refuse: [
      fixture('actions off', environmentWith({ ActionsEnabled: false })),
      fixture('nobody told', environmentWith({ AlarmActions: [] })),
      fixture('nobody told that it is over', environmentWith({ OKActions: undefined as unknown as Json })),
      fixture('people of another severity', environmentWith({ AlarmActions: to('Warning') })),
      fixture('a topic elsewhere', environmentWith({ AlarmActions: ['arn:aws:sns:us-east-1:999999999999:foreign'] })),
      fixture('another besides', environmentWith({ AlarmActions: to('Critical', 'Warning') })),
      fixture('a severity that nobody has', environmentWith({}, 'minor')),
      fixture('registered by nobody', {
        Critical: topic('Critical'),
        Alarm: { Type: ALARM, Properties: { AlarmActions: to('Critical'), OKActions: to('Critical') } },
      }),
    ],
  },
};

function faultsOf(alarm: Resource, environment: EnvironmentView): Finding[] {
  const severity = String(asObject(alarm.metadata[METADATA]).severity);
  if (!SEVERITIES.includes(severity)) {
    const expected = `a severity (${SEVERITIES.join(', ')}), as the AlarmRegistrar gives it`;
    return [{ resource: alarm, location: `Metadata.${METADATA}`, found: shown(alarm.metadata[METADATA]), expected }];
  }
  const { ActionsEnabled: enabled } = alarm.properties;
  const wrong = (['AlarmActions', 'OKActions'] as const).filter((property) => {
    const actions = asList(alarm.properties[property]);
    return actions.length !== 1 || !isTopicOf(severity, environment.target(actions[0], alarm));
  });
  return [
    ...wrong.map((property) => ({
      resource: alarm,
      location: `Properties.${property}`,
      found: shown(alarm.properties[property]),
      expected: `the ${severity} topic, and nothing else`,
    })),
    ...(enabled === undefined || String(enabled) === 'true'
      ? []
      : [
          {
            resource: alarm,
            location: 'Properties.ActionsEnabled',
            found: shown(enabled),
            expected: 'true or nothing',
          },
        ]),
  ];
}

/** A topic's construct is named after its severity. */
const isTopicOf = (severity: string, topicOrNot: Resource | undefined): boolean =>
  topicOrNot?.type === TOPIC && topicOrNot.path.split('/').at(-2)?.toLowerCase() === severity;

import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import { asList, asObject, at, type EnvironmentView, type Json, type JsonObject, type Resource } from '../view';

const SERVICE = 'AWS::ECS::Service';
const FUNCTION = 'AWS::Lambda::Function';
const RULE = 'AWS::Events::Rule';

/** What the watchdog may be told: half an hour to become healthy, at most a working day without any task. */
const LIMITS: Readonly<Record<string, readonly [number, number]>> = {
  SCALE_UP_MINUTES: [10, 60],
  NO_TASK_MINUTES: [60, 480],
};
const MINUTES = /^rate\(([1-9]|10) minutes?\)$/;

const watchdog = {
  CLUSTER_NAME: 'c',
  SERVICE_NAME: 's',
  SCALE_UP_MINUTES: '30',
  NO_TASK_MINUTES: '360',
};
const environment = (variables: JsonObject, rule: JsonObject = {}, service: JsonObject = {}) => ({
  Cluster: { Type: 'AWS::ECS::Cluster', Properties: { ClusterName: 'c' } },
  Service: {
    Type: SERVICE,
    Properties: { ServiceName: 's', Cluster: { Ref: 'Cluster' }, LoadBalancers: [{}], ...service },
  },
  Function: { Type: FUNCTION, Properties: { Environment: { Variables: variables } } },
  Rule: {
    Type: RULE,
    Properties: {
      State: 'ENABLED',
      ScheduleExpression: 'rate(5 minutes)',
      Targets: [{ Id: 'one', Arn: { 'Fn::GetAtt': ['Function', 'Arn'] } }],
      ...rule,
    },
  },
});

export const control: RuleControl = {
  id: 'deployments-watched',
  title: 'A deployment whose tasks never become healthy is ended',
  holds: ['C10/enforce'],
  tiers: everyTier,
  why: 'ECS keeps trying for hours: the release hangs, half of it may be paid for, and the next one can’t start.',
  remedy: 'Leave DeploymentWatchdog as it is.',
  protects: [
    { type: FUNCTION, properties: ['Environment.Variables'] },
    { type: RULE, properties: ['ScheduleExpression'] },
  ],
  check: (view) =>
    view
      .ofType(SERVICE)
      .filter(({ properties }) => asList(properties.LoadBalancers).length > 0)
      .flatMap((service) => unwatched(service, view)),
  fixtures: {
    pass: [fixture('watched every five minutes', environment(watchdog))],
    refuse: [
      fixture('nobody watches', environment({})),
      fixture('another service is watched', environment({ ...watchdog, SERVICE_NAME: 'x' })),
      fixture('another cluster is watched', environment({ ...watchdog, CLUSTER_NAME: 'x' })),
      fixture('endless patience', environment({ ...watchdog, SCALE_UP_MINUTES: '30000' })),
      fixture('no patience', environment({ ...watchdog, SCALE_UP_MINUTES: '0' })),
      fixture('no patience with a lack of capacity', environment({ ...watchdog, NO_TASK_MINUTES: '1' })),
      fixture('once a day', environment(watchdog, { ScheduleExpression: 'rate(1 day)' })),
      fixture('never', environment(watchdog, { Targets: [] })),
      fixture('switched off', environment(watchdog, { State: 'DISABLED' })),
    ],
  },
};

function unwatched(service: Resource, view: EnvironmentView): Finding[] {
  const cluster = view.target(service.properties.Cluster, service);
  const names: Readonly<Record<string, Json | undefined>> = {
    SERVICE_NAME: service.properties.ServiceName,
    CLUSTER_NAME: cluster?.properties.ClusterName,
  };
  const watchers = view.ofType(FUNCTION).filter((each) => 'SCALE_UP_MINUTES' in variablesOf(each));
  const [watcher] = watchers;
  if (watchers.length !== 1 || !watcher) {
    const expected = 'one function that ends hanging deployments';
    return [{ resource: service, location: 'Resource', found: `${watchers.length} watchdogs`, expected }];
  }
  return [...settingFaults(watcher, names), ...scheduleFaults(watcher, view)];
}

const variablesOf = (each: Resource): JsonObject => asObject(at(each.properties, 'Environment.Variables'));

function settingFaults(resource: Resource, names: Readonly<Record<string, Json | undefined>>): Finding[] {
  const given = variablesOf(resource);
  const finding = (name: string, expected: string): Finding => ({
    resource,
    location: `Properties.Environment.Variables.${name}`,
    found: shown(given[name]),
    expected,
  });
  const wrong = Object.entries(names)
    .filter(([name, value]) => value === undefined || given[name] !== value)
    .map(([name, value]) => finding(name, shown(value)));
  const outside = Object.entries(LIMITS)
    .filter(([name, [least, most]]) => !(Number(given[name]) >= least && Number(given[name]) <= most))
    .map(([name, [least, most]]) => finding(name, `from ${least} to ${most} minutes`));
  return [...wrong, ...outside];
}

/** Some rule calls it every few minutes. */
function scheduleFaults(watcher: Resource, view: EnvironmentView): Finding[] {
  const calls = view
    .ofType(RULE)
    .filter(({ properties }) => MINUTES.test(String(properties.ScheduleExpression)) && properties.State === 'ENABLED')
    .some((rule) => asList(rule.properties.Targets).some((each) => view.target(asObject(each).Arn, rule) === watcher));
  return calls
    ? []
    : [
        {
          resource: watcher,
          location: 'Resource',
          found: 'no rule that calls it',
          expected: 'one, at most every ten minutes',
        },
      ];
}

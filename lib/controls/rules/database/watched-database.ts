import type { Expectation } from '../../expect';
import type { EnvironmentView, Json, JsonObject, Resource, Template } from '../../view';
import type { NeededAlarm } from '../alarms/alarmed';

type Resources = NonNullable<Template['Resources']>;

/** Whether an alarm's dimensions are an instance's own: its identifier, written out or referred to. */
export function onInstance(
  dimensions: Readonly<Record<string, Json>>,
  instance: Resource,
  alarm: Resource,
  view: EnvironmentView,
): boolean {
  const identifier = dimensions.DBInstanceIdentifier;
  if (Object.keys(dimensions).length !== 1 || identifier === undefined) return false;
  return view.target(identifier, alarm) === instance || identifier === instance.properties.DBInstanceIdentifier;
}

/** For fixtures: a database with every needed alarm, which can be taken out or changed one by one. */
export function watchedDatabase(needed: readonly NeededAlarm[]) {
  const db = {
    Type: 'AWS::RDS::DBInstance',
    Properties: { DBInstanceIdentifier: 'ums-prod-database', AllocatedStorage: '50', DBInstanceClass: 'db.t4g.medium' },
  };
  const resource = {
    logicalId: 'Db',
    stack: 'stack',
    type: db.Type,
    properties: db.Properties,
    metadata: {},
    path: 'Db',
  };
  const alarm = (need: NeededAlarm, changes: JsonObject = {}): Resources[string] => ({
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      Namespace: need.namespace as string,
      MetricName: need.metric,
      Dimensions: [{ Name: 'DBInstanceIdentifier', Value: { Ref: 'Db' } }],
      Statistic: need.statistic ?? 'Average',
      ComparisonOperator: need.comparison[0] as string,
      Threshold: lowest(need.threshold(resource, undefined as never)),
      Period: 60,
      EvaluationPeriods: 5,
      DatapointsToAlarm: 5,
      TreatMissingData: need.missingData,
      AlarmActions: [{ Ref: 'Topic' }],
      ...changes,
    },
  });
  const resources: Resources = {
    Topic: { Type: 'AWS::SNS::Topic' },
    Db: db,
    ...Object.fromEntries(needed.map((need, index) => [`Alarm${index}`, alarm(need)])),
  };
  return {
    resources,
    without: (index: number): Resources =>
      Object.fromEntries(Object.entries(resources).filter(([id]) => id !== `Alarm${index}`)),
    changed: (index: number, changes: JsonObject): Resources => ({
      ...resources,
      [`Alarm${index}`]: alarm(needed[index] as NeededAlarm, changes),
    }),
  };
}

/** A number that an expectation of bounds accepts: its lower bound. */
const lowest = ({ expected }: Expectation): number => Number(/(\d+(\.\d+)?)/.exec(expected)?.[0]);

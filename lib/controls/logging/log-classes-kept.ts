import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import { attributeOf } from '../rules/edge/load-balancers';
import { classOf, LOG_GROUP, type LogClass, leastDays, logClasses } from '../rules/logging/log-groups';
import { asList, asObject, type EnvironmentView, type Json, type Resource, type Template } from '../view';

const BUCKET = 'AWS::S3::Bucket';
const BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer';
const names = Object.keys(logClasses) as LogClass[];
/** What has no class of its own is kept as long as the errors that it explains. */
const OTHERS = logClasses.error;

/** Ten years: what nobody may ask about any more is not kept (row G01). */
const MOST_DAYS = 3653;

type Resources = NonNullable<Template['Resources']>;
const groups = (changes: Partial<Record<LogClass, Json>> = {}): Resources =>
  Object.fromEntries(
    names.map((name) => [
      name,
      {
        Type: LOG_GROUP,
        Properties: { LogGroupName: `/ums/prod/${name}`, RetentionInDays: changes[name] ?? logClasses[name] },
      },
    ]),
  );
const without = (gone: LogClass): Resources => {
  const { [gone]: _gone, ...rest } = groups();
  return rest;
};
const bucket = (days: number): Resources => ({
  ...groups(),
  Bucket: {
    Type: BUCKET,
    Properties: { LifecycleConfiguration: { Rules: [{ Status: 'Enabled', ExpirationInDays: days }] } },
  },
  Balancer: {
    Type: BALANCER,
    Properties: { LoadBalancerAttributes: [{ Key: 'access_logs.s3.bucket', Value: { Ref: 'Bucket' } }] },
  },
});

export const control: RuleControl = {
  id: 'log-classes-kept',
  title: 'Each class of log stands apart and is kept as long as the checklist says',
  holds: ['L02/enforce', 'L03/enforce', 'L04/enforce'],
  tiers: everyTier,
  why: 'An attack is found after weeks, and an audit asks about a year: what was deleted by then proves nothing.',
  remedy: 'Set `logs.…Days` of the environment to the least value or more, and leave the log classes as they are.',
  protects: [
    { type: LOG_GROUP, properties: ['LogGroupName', 'RetentionInDays'] },
    { type: BUCKET, properties: ['LifecycleConfiguration'] },
  ],
  check: (environment) => [...missing(environment), ...groupFaults(environment), ...bucketFaults(environment)],
  fixtures: {
    pass: [
      fixture('every class', groups()),
      fixture('longer', groups({ audit: 731 })),
      fixture('a day in development', groups({ audit: 1, security: 1 }), 'development'),
      fixture('requests at the load balancer', bucket(30)),
    ],
    refuse: [
      ...names.map((name) => fixture(`no ${name} log`, without(name))),
      ...names.map((name) => fixture(`${name} too short`, groups({ [name]: 14 }))),
      fixture('a function’s log too short', {
        ...groups(),
        Other: { Type: LOG_GROUP, Properties: { RetentionInDays: 1 } },
      }),
      fixture('no retention', { ...groups(), Other: { Type: LOG_GROUP } }),
      fixture('requests at the load balancer gone in a day', bucket(1)),
    ],
  },
};

function missing(environment: EnvironmentView): Finding[] {
  const classes = new Set(environment.ofType(LOG_GROUP).map((group) => classOf(group, environment)));
  const [resource] = environment.resources;
  if (!resource) return [];
  return names
    .filter((name) => !classes.has(name))
    .map((name) => ({
      resource,
      location: 'Environment',
      found: `no log group /…/${environment.name}/${name}`,
      expected: `a log of its own for ${name}`,
    }));
}

const groupFaults = (environment: EnvironmentView): Finding[] =>
  environment.ofType(LOG_GROUP).flatMap((resource) => {
    const kind = classOf(resource, environment);
    const least = leastDays(environment.tier, kind ? logClasses[kind] : OTHERS);
    return days(resource, 'Properties.RetentionInDays', resource.properties.RetentionInDays, least);
  });

/** What the load balancer delivers is an access log too. */
function bucketFaults(environment: EnvironmentView): Finding[] {
  const receiving = environment
    .ofType(BALANCER)
    .map((each) => environment.target(attributeOf(each, 'LoadBalancerAttributes', 'access_logs.s3.bucket'), each));
  return receiving.flatMap((bucket) =>
    asList(asObject(bucket?.properties.LifecycleConfiguration).Rules).flatMap((rule, index) =>
      days(
        bucket as Resource,
        `Properties.LifecycleConfiguration.Rules.${index}.ExpirationInDays`,
        asObject(rule).ExpirationInDays,
        leastDays(environment.tier, logClasses.access),
      ),
    ),
  );
}

const days = (resource: Resource, location: string, value: Json | undefined, least: number): Finding[] =>
  Number(value) >= least && Number(value) <= MOST_DAYS
    ? []
    : [{ resource, location, found: shown(value), expected: `from ${least} to ${MOST_DAYS} days` }];

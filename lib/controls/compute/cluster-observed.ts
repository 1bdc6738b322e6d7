import { isDeepStrictEqual } from 'node:util';
import { everyTier, fixture, type RuleControl } from '../control';
import { guard, guards, satisfies } from '../expect';
import { closed } from '../rules/closed';
import { asList, asObject, type JsonObject } from '../view';

const TYPE = 'AWS::ECS::Cluster';
const SPOT = { CapacityProviders: ['FARGATE_SPOT'] };
const cluster = (changes: JsonObject) => ({
  Cluster: {
    Type: TYPE,
    Properties: {
      ClusterName: 'ums-prod-cluster',
      ClusterSettings: [{ Name: 'containerInsights', Value: 'enhanced' }],
      ...changes,
    },
  },
});

export const control: RuleControl = {
  id: 'cluster-observed',
  title: 'The cluster measures its tasks, and lets nobody open a shell in them',
  holds: ['C02/enforce', 'C14/enforce'],
  tiers: everyTier,
  why: 'Alarms on full disks and on copies at their limit rest on Container Insights: without it they are silent.',
  remedy: 'Leave the cluster of ServiceStack as it is.',
  ...guards(
    closed(TYPE, ['CapacityProviders', 'ClusterName', 'ClusterSettings', 'Tags']),
    guard(TYPE, {
      ClusterName: satisfies(
        'a name, by which alarms and the watchdog know it',
        (value) => typeof value === 'string' && value !== '',
      ),
      CapacityProviders: satisfies('nothing; FARGATE_SPOT alone in development', (value, _resource, { tier }) =>
        tier === 'development' ? isDeepStrictEqual(value, ['FARGATE_SPOT']) : value === undefined,
      ),
      ClusterSettings: satisfies(
        'containerInsights, enhanced (development may do without), alone',
        (value, _resource, { tier }) => {
          const [setting, ...others] = asList(value).map(asObject);
          const levels = tier === 'development' ? ['disabled', 'enhanced'] : ['enhanced'];
          return others.length === 0 && setting?.Name === 'containerInsights' && levels.includes(String(setting.Value));
        },
      ),
    }),
  ),
  fixtures: {
    pass: [
      fixture('enhanced', cluster({})),
      fixture(
        'disabled in development',
        cluster({ ...SPOT, ClusterSettings: [{ Name: 'containerInsights', Value: 'disabled' }] }),
        'development',
      ),
      fixture('enhanced in development', cluster(SPOT), 'development'),
    ],
    refuse: [
      fixture('disabled', cluster({ ClusterSettings: [{ Name: 'containerInsights', Value: 'disabled' }] })),
      fixture('left to the account', cluster({ ClusterSettings: [] })),
      fixture(
        'no figures of the disk',
        cluster({ ClusterSettings: [{ Name: 'containerInsights', Value: 'enabled' }] }),
      ),
      fixture(
        'shells that leave no log',
        cluster({ Configuration: { ExecuteCommandConfiguration: { Logging: 'NONE' } } }),
      ),
      fixture('interruptible capacity', cluster(SPOT)),
      fixture('interruptible capacity in staging', cluster(SPOT), 'staging'),
      fixture('no such capacity in development', cluster({}), 'development'),
      fixture('other capacity', cluster({ CapacityProviders: ['FARGATE_SPOT', 'hosts'] }), 'development'),
      fixture(
        'interruptible capacity for whoever asks for none',
        cluster({ ...SPOT, DefaultCapacityProviderStrategy: [{ CapacityProvider: 'FARGATE_SPOT' }] }),
        'development',
      ),
    ],
  },
};

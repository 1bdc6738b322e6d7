import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import {
  type Container,
  containersOf,
  fault,
  hasRole,
  sampleContainer,
  sampleTask,
  TASK_DEFINITION,
} from '../rules/compute/containers';
import { asList, asObject, type EnvironmentView, type Json } from '../view';

/** What differs between processes by design: the name under which each connects, and migrations' login. */
const OWN = new Set(['PGAPPNAME', 'PGHOST', 'PGPORT', 'PGDATABASE', 'PGUSER', 'PGPASSWORD']);

const task = (
  process: string,
  variables: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, Json>> = {},
) =>
  sampleTask(
    [
      sampleContainer('app', {
        Environment: Object.entries({ PGAPPNAME: process, ...variables }).map(([Name, Value]) => ({ Name, Value })),
        Secrets: Object.entries(secrets).map(([Name, ValueFrom]) => ({ Name, ValueFrom })),
      }),
    ],
    { Family: `ums-prod-${process}` },
  );
const secret = { Type: 'AWS::SecretsManager::Secret' };
const three = (changes: { readonly Web?: ReturnType<typeof task> }) => ({
  One: secret,
  Two: secret,
  Web: task('web', { LOG_FORMAT: 'json' }, { STRIPE_KEY: { Ref: 'One' } }),
  Migrate: task('migrate', { LOG_FORMAT: 'json' }, { STRIPE_KEY: { Ref: 'One' } }),
  OneOff: task('one-off', { LOG_FORMAT: 'json' }, { STRIPE_KEY: { Ref: 'One' } }),
  ...changes,
});

export const control: RuleControl = {
  id: 'settings-agree',
  title: 'Every process of the app has the same settings and secrets, its login apart',
  holds: ['C12/enforce', 'C15/enforce'],
  tiers: everyTier,
  why: 'A worker or a migration with another setting than the web service is a second app that nobody has tested.',
  remedy:
    'Set variables and secrets for the app, under app.variables and app.secrets; there is one list for all its processes.',
  protects: [
    { type: TASK_DEFINITION, properties: ['ContainerDefinitions.Environment', 'ContainerDefinitions.Secrets'] },
  ],
  check: (environment) => {
    const apps = containersOf(environment).filter(hasRole('app'));
    return (['Environment', 'Secrets'] as const).flatMap((list) => odd(apps, list, environment));
  },
  fixtures: {
    pass: [
      fixture('the same in all', three({})),
      fixture('a process alone', { One: secret, Web: task('web', { LOG_FORMAT: 'json' }) }),
    ],
    refuse: [
      fixture(
        'another value in one',
        three({ Web: task('web', { LOG_FORMAT: 'text' }, { STRIPE_KEY: { Ref: 'One' } }) }),
      ),
      fixture('one lacks a variable', three({ Web: task('web', {}, { STRIPE_KEY: { Ref: 'One' } }) })),
      fixture(
        'one has more',
        three({ Web: task('web', { LOG_FORMAT: 'json', EXTRA: '1' }, { STRIPE_KEY: { Ref: 'One' } }) }),
      ),
      fixture(
        'another secret in one',
        three({ Web: task('web', { LOG_FORMAT: 'json' }, { STRIPE_KEY: { Ref: 'Two' } }) }),
      ),
      fixture('one lacks a secret', three({ Web: task('web', { LOG_FORMAT: 'json' }) })),
    ],
  },
};

/** Containers whose list is not that of the most. */
function odd(apps: readonly Container[], list: 'Environment' | 'Secrets', environment: EnvironmentView): Finding[] {
  const shared = (container: Container) =>
    asList(container.body[list])
      .map(asObject)
      .filter(({ Name }) => !OWN.has(String(Name)))
      .map((each) => `${each.Name} = ${environment.text((each.Value ?? each.ValueFrom) as Json)}`)
      .sort();
  const counts = new Map<string, number>();
  for (const app of apps) counts.set(shared(app).join('\n'), (counts.get(shared(app).join('\n')) ?? 0) + 1);
  const [usual = ''] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? [];
  const common = new Set(usual.split('\n'));
  return apps
    .filter((app) => shared(app).join('\n') !== usual)
    .map((app) => {
      const own = shared(app);
      const differences = [
        ...own.filter((each) => !common.has(each)),
        ...[...common].filter((each) => each !== '' && !own.includes(each)).map((each) => `no ${each.split(' = ')[0]}`),
      ];
      return fault(
        app,
        list,
        differences.map((each) => each.split(' = ')[0]).join(', '),
        'what the other processes have',
      );
    });
}

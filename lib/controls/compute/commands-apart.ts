import { containersIn, hasRole, sampleContainer, sampleTask, TASK_DEFINITION } from '../containers';
import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import type { EnvironmentView, Resource } from '../view';

const SERVICE = 'AWS::ECS::Service';
const APART = ['migrate', 'one-off'] as const;

const task = (process: string) =>
  sampleTask([sampleContainer('volumes'), sampleContainer('app')], { Family: `ums-prod-${process}` });
const service = (logicalId: string) => ({ Type: SERVICE, Properties: { TaskDefinition: { Ref: logicalId } } });
const good = { Web: task('web'), Migrate: task('migrate'), OneOff: task('one-off'), Service: service('Web') };

export const control: RuleControl = {
  id: 'commands-apart',
  title: 'Migrations and one-off commands have tasks of their own, in the stack of the service and with the same image',
  holds: ['C11/enforce'],
  tiers: everyTier,
  why: 'Migrations inside the app’s start run once for each copy, with the rights of the app; commands typed into a running copy leave no trace.',
  remedy: 'Leave the tasks of AppTasks as they are; set app.migrate in the environment’s file.',
  protects: [
    { type: TASK_DEFINITION, properties: ['Family'] },
    { type: TASK_DEFINITION, properties: [] },
  ],
  check: (environment) =>
    environment
      .ofType(SERVICE)
      .slice(0, 1)
      .flatMap((each) => faults(each, environment)),
  fixtures: {
    pass: [fixture('a task for each', good)],
    refuse: [
      fixture('no task for migrations', { ...good, Migrate: task('other') }),
      fixture('no task for commands', { ...good, OneOff: task('other') }),
      fixture('migrations that run all the time', { ...good, Second: service('Migrate') }),
      fixture('migrations with a proxy', {
        ...good,
        Migrate: sampleTask([sampleContainer('app'), sampleContainer('proxy')], { Family: 'ums-prod-migrate' }),
      }),
    ],
  },
};

function faults(service: Resource, environment: EnvironmentView): Finding[] {
  const running = new Set(
    environment.ofType(SERVICE).map((each) => environment.target(each.properties.TaskDefinition, each)),
  );
  return APART.flatMap((process): Finding[] => {
    const tasks = environment
      .ofType(TASK_DEFINITION)
      .filter((each) => environment.text(each.properties.Family).endsWith(`-${process}`));
    const [found] = tasks;
    if (tasks.length !== 1 || !found || found.stack !== service.stack) {
      return [
        {
          resource: service,
          location: 'Resource',
          found: `${tasks.length} tasks for ${process} beside it`,
          expected: 'one',
        },
      ];
    }
    if (running.has(found) || containersIn(found).some(hasRole('proxy'))) {
      return [
        {
          resource: found,
          location: 'Resource',
          found: `${process} as a service`,
          expected: 'a task that is started and ends',
        },
      ];
    }
    return [];
  });
}

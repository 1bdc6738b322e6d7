import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import {
  containersIn,
  containersOf,
  fault,
  hasRole,
  sampleContainer,
  sampleTask,
  TASK_DEFINITION,
  words,
} from '../rules/compute/containers';
import type { EnvironmentView, Resource } from '../view';

const SERVICE = 'AWS::ECS::Service';
const APART = ['migrate', 'one-off'] as const;

const task = (process: string) =>
  sampleTask([sampleContainer('volumes'), sampleContainer('app')], { Family: `ums-prod-${process}` });
const service = (logicalId: string) => ({ Type: SERVICE, Properties: { TaskDefinition: { Ref: logicalId } } });
/** What the one-off task runs when nobody gives it a command. */
const IDLE = ['python3', '-c', 'print("Give a command: breakwater task run -- <command>")'];
const commanding = (...Command: readonly string[]) => ({ Task: sampleTask([sampleContainer('app', { Command })]) });
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
  check: (environment) => [
    ...environment
      .ofType(SERVICE)
      .slice(0, 1)
      .flatMap((each) => faults(each, environment)),
    ...inCommands(environment),
  ],
  fixtures: {
    pass: [
      fixture('a task for each', good),
      fixture('a module of the app', commanding('python3', '-u', '-m', 'celery', 'worker', '-c', '4')),
      fixture('what a one-off task says without a command', {
        Task: sampleTask([sampleContainer('app', { Command: IDLE })], { Family: 'ums-prod-one-off' }),
      }),
    ],
    refuse: [
      fixture('code on the command line', commanding('python3', '-c', 'import evil')),
      fixture(
        'code on the command line, behind flags',
        commanding('/usr/bin/env', 'python3.12', '-W', 'ignore', '-uc', 'x'),
      ),
      fixture('code for another interpreter', commanding('perl', '-e', 'x')),
      fixture('a server of files', commanding('python', '-m', 'http.server')),
      fixture('the idle command in another task', commanding(...IDLE)),
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

const INTERPRETER = /(?:^|\/)(?:python|pypy|perl|ruby|node|php|lua)[\d.]*$/;
/** Modules that serve files, or run what somebody types. */
const NOT_THE_APP = /^(?:http\.server|code|pdb|timeit|cProfile|profile|trace|pip)(?:$|\.)/;

/** Code belongs in the image, where it is reviewed and scanned, and not in a command. */
function inCommands(environment: EnvironmentView): Finding[] {
  return containersOf(environment)
    .filter(hasRole('app'))
    .filter(({ body, task: { properties } }) => {
      const command = words(body.Command);
      const idle = environment.text(properties.Family).endsWith('-one-off') && command.join('\n') === IDLE.join('\n');
      return !idle && givesCode(command);
    })
    .map((each) => fault(each, 'Command', words(each.body.Command).join(' '), 'a program or module of the image'));
}

/** Whether an interpreter is given code, or a module that is none of the app's, wherever it stands in a command. */
const givesCode = (command: readonly string[]): boolean =>
  command.some((word, index) => INTERPRETER.test(word) && isCode(command.slice(index + 1)));

/** Only the flags before the script or module are the interpreter's own. */
function isCode([flag = '', next = '', ...others]: readonly string[]): boolean {
  if (flag === '-') return true;
  if (!flag.startsWith('-')) return false;
  if (/^-[A-Za-z]*m/.test(flag)) return NOT_THE_APP.test(flag.replace(/^-[A-Za-z]*?m/, '') || next);
  if (/^-[A-Za-z]*[ceEpr]/.test(flag) || /^--(?:eval|print|run|require|import)/.test(flag)) return true;
  return isCode(/^-[WX]$/.test(flag) ? others : [next, ...others]);
}

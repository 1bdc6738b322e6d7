import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import { absent, guards, satisfies } from '../expect';
import {
  type Container,
  containersOf,
  fault,
  guardContainers,
  hasRole,
  sampleContainer,
  sampleTask,
  words,
} from '../rules/compute/containers';
import { kitScripts } from '../rules/compute/kit-scripts';
import type { Json, JsonObject } from '../view';

/** Programs that are no process of a deployed app: development servers, and shells that hide what runs. */
const NOT_DEPLOYED = /^(flask run|.*\brunserver\b|(ba|da)?sh\b|sleep\b)|(^| )--(reload|debug|debugger)( |$)/;

const start = { EntryPoint: ['python3', '-c', kitScripts.start], Command: ['celery', 'worker'] };
const app = (changes: JsonObject) => ({ Task: sampleTask([sampleContainer('app', { ...start, ...changes })]) });
const helper = (name: 'static' | 'proxy', changes: JsonObject) => ({
  Task: sampleTask([sampleContainer(name, changes)]),
});
const copy = {
  EntryPoint: ['python3', '-c', kitScripts.copyStatic],
  Command: ['/app/static', '/breakwater/static/static'],
};

export const control: RuleControl = {
  id: 'entry-points-kept',
  title: 'The app’s containers start through the kit’s check of their settings, and run nothing meant for a developer',
  holds: ['C01/enforce', 'C06/enforce', 'C12/enforce'],
  tiers: everyTier,
  why: 'Started another way, the app would run without its settings being checked, and a missing one would show as an error of some user.',
  remedy: 'Leave entry points to AppTask; set the commands in the environment’s file (app.migrate, processes).',
  ...guards(
    guardContainers(
      {
        EntryPoint: satisfies('python3 -c and the kit’s start script', (value) => isScript(value, kitScripts.start)),
        Command: satisfies('a command of the deployed app', (value) => {
          const command = words(value);
          return command.length > 0 && command.every((word) => word !== '') && !NOT_DEPLOYED.test(command.join(' '));
        }),
      },
      hasRole('app'),
    ),
    guardContainers({ EntryPoint: absent, Command: absent }, hasRole('proxy')),
    guardContainers(
      {
        EntryPoint: satisfies('python3 -c and the kit’s copy script', (value) =>
          isScript(value, kitScripts.copyStatic),
        ),
        Command: satisfies('pairs of folders, from the image to the volume of static files', (value) => {
          const folders = words(value);
          return (
            folders.length > 0 &&
            folders.length % 2 === 0 &&
            folders.every((each, index) => (index % 2 === 0 ? /^\/./ : /^\/breakwater\/static(\/|$)/).test(each))
          );
        }),
      },
      hasRole('static'),
    ),
    {
      protects: [],
      check: (environment) => oneScript(containersOf(environment).filter(hasRole('app'))),
    },
  ),
  fixtures: {
    pass: [fixture('a worker', app({})), fixture('static files', helper('static', copy))],
    refuse: [
      fixture("the image's own entry point", app({ EntryPoint: null })),
      fixture('a shell', app({ EntryPoint: ['sh', '-c'] })),
      fixture('another script', app({ EntryPoint: ['python3', '-c', 'import os; os.system("sh")'] })),
      fixture('code before ours', app({ EntryPoint: ['python3', '-c', `import evil\n${kitScripts.start}`] })),
      fixture(
        'code before our copy',
        helper('static', { ...copy, EntryPoint: ['python3', '-c', `import evil\n${kitScripts.copyStatic}`] }),
      ),
      fixture('the development server', app({ Command: ['flask', 'run', '--host', '0.0.0.0'] })),
      fixture('reloaded code', app({ Command: ['celery', 'worker', '--reload'] })),
      fixture('a shell as the command', app({ Command: ['sh', '-c', 'celery worker'] })),
      fixture('nothing to run', app({ Command: [] })),
      fixture('the proxy started another way', helper('proxy', { Command: ['nginx', '-c', '/tmp/nginx.conf'] })),
      fixture('files copied elsewhere', helper('static', { ...copy, Command: ['/app/static', '/tmp'] })),
      fixture('two ways to start', {
        One: sampleTask([sampleContainer('app', start)]),
        Two: sampleTask([sampleContainer('app', { ...start, EntryPoint: ['python3', '-c', `${kitScripts.start}\n`] })]),
      }),
    ],
  },
};

function isScript(value: Json | undefined, wanted: string): boolean {
  const [program, flag, script, ...rest] = words(value);
  return program === 'python3' && flag === '-c' && script === wanted && rest.length === 0;
}

/** Every process starts by the same script. */
function oneScript(apps: readonly Container[]): Finding[] {
  const scripts = new Set(apps.map(({ body }) => JSON.stringify(body.EntryPoint)));
  const [first] = apps;
  return scripts.size > 1 && first
    ? [
        fault(
          first,
          'EntryPoint',
          `${scripts.size} different ones, such as ${shown(first.body.EntryPoint)}`,
          'one for all processes',
        ),
      ]
    : [];
}

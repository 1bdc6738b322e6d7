import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import {
  type Container,
  containersIn,
  containersOf,
  fault,
  flagOf,
  hasRole,
  sampleContainer,
  sampleTask,
  TASK_DEFINITION,
  words,
} from '../rules/compute/containers';

/** gunicorn's flags that the kit sets. Others reload code, run as a daemon, trust more addresses or log to files. */
const FLAGS: Readonly<Record<string, RegExp>> = {
  '--bind': /^127\.0\.0\.1:\d{4,5}$/,
  '--workers': /^([1-9]|[12]\d|3[0-3])$/,
  '--worker-class': /^gthread$/,
  '--threads': /^([1-9]|[12]\d|3[0-2])$/,
  '--timeout': /^([3-9]|[1-9]\d{1,2}|[1-3]\d{3})$/,
  '--graceful-timeout': /^([1-9]|[1-9]\d|10\d|110)$/,
  '--keep-alive': /^(6[1-9]|[7-9]\d|[1-9]\d{2})$/,
  '--worker-tmp-dir': /^\/tmp$/,
  '--forwarded-allow-ips': /^127\.0\.0\.1$/,
  '--log-level': /^(debug|info|warning|error)$/,
  '--error-logfile': /^-$/,
};
const WSGI = /^[A-Za-z_][\w.]*:[A-Za-z_]\w*(\(\))?$/;

const GUNICORN = Object.entries({
  '--bind': '127.0.0.1:8000',
  '--workers': '3',
  '--worker-class': 'gthread',
  '--threads': '2',
  '--timeout': '60',
  '--graceful-timeout': '30',
  '--keep-alive': '75',
  '--worker-tmp-dir': '/tmp',
  '--forwarded-allow-ips': '127.0.0.1',
  '--log-level': 'info',
  '--error-logfile': '-',
});
const commandWith = (flags: readonly (readonly string[])[]) => ['gunicorn', 'run:app', ...flags.flat()];
const without = (flag: string) => GUNICORN.filter(([name]) => name !== flag);
const withFlag = (flag: string, value: string) => [...without(flag), [flag, value]];
const web = (Command: readonly string[]) => ({
  Task: sampleTask([sampleContainer('volumes'), sampleContainer('app', { Command }), sampleContainer('proxy')]),
});

export const control: RuleControl = {
  id: 'app-server',
  title: 'The app runs under gunicorn on loopback, with a known number of workers',
  holds: ['C01/enforce', 'E01/enforce', 'E02/enforce'],
  tiers: everyTier,
  why: 'The development server takes one request at a time and shows a debugger; on another address the app could be reached past the proxy, and with other trusted addresses a client could forge its own.',
  remedy: 'Leave the command of the web task to gunicornCommand(); set app.workers, app.threads and limits instead.',
  protects: [{ type: TASK_DEFINITION, properties: ['ContainerDefinitions.Command'] }],
  check: (environment) => containersOf(environment).filter(isServer).flatMap(faults),
  fixtures: {
    pass: [
      fixture('gunicorn behind the proxy', web(commandWith(GUNICORN))),
      fixture('another process of the image', {
        Task: sampleTask([sampleContainer('app', { Command: ['celery', 'worker'] })]),
      }),
    ],
    refuse: [
      fixture('the development server', web(['flask', 'run'])),
      fixture('on every address', web(commandWith(withFlag('--bind', '0.0.0.0:8000')))),
      fixture('no workers', web(commandWith(without('--workers')))),
      fixture('an endless worker', web(commandWith(withFlag('--timeout', '0')))),
      fixture('no time to finish', web(commandWith(withFlag('--graceful-timeout', '0')))),
      fixture('everybody may forward', web(commandWith(withFlag('--forwarded-allow-ips', '*')))),
      fixture('code reloaded', web([...commandWith(GUNICORN), '--reload'])),
      fixture('a flag twice', web([...commandWith(GUNICORN), '--bind', '0.0.0.0:80'])),
      fixture('one worker at a time', web(commandWith(withFlag('--worker-class', 'sync')))),
      fixture('no command', web([])),
    ],
  },
};

/** The app of a task that has a proxy. */
const isServer = (container: Container): boolean =>
  hasRole('app')(container) && containersIn(container.task).some(hasRole('proxy'));

function faults(container: Container): Finding[] {
  const command = words(container.body.Command);
  const [program, wsgi, ...rest] = command;
  const given = rest.filter((_, index) => index % 2 === 0);
  const wrong = Object.entries(FLAGS).filter(([flag, value]) => !value.test(flagOf(command, flag) ?? ''));
  const strange = given.filter((flag, index) => !(flag in FLAGS) || given.indexOf(flag) !== index);
  const bad = [
    ...(program === 'gunicorn' && WSGI.test(wsgi ?? '') ? [] : [`${program ?? 'nothing'} ${wsgi ?? ''}`.trim()]),
    ...wrong.map(([flag]) => `${flag} ${flagOf(command, flag) ?? 'left out'}`),
    ...strange.map((flag) => `${flag}, which the kit never sets or sets once`),
    ...(rest.length % 2 === 0 ? [] : ['a flag without a value']),
  ];
  return bad.length === 0
    ? []
    : [fault(container, 'Command', bad.join('; '), 'gunicorn on 127.0.0.1 with workers, threads and time-outs')];
}

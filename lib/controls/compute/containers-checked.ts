import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import { absent, between, guards, is, satisfies } from '../expect';
import {
  type Container,
  containerNamed,
  containersOf,
  fault,
  flagOf,
  guardContainers,
  hasRole,
  sampleContainer,
  sampleTask,
  TASK_DEFINITION,
  words,
} from '../rules/compute/containers';
import { kitScripts } from '../rules/compute/kit-scripts';
import { asList, at, type EnvironmentView, type JsonObject } from '../view';

const TARGET_GROUP = 'AWS::ElasticLoadBalancingV2::TargetGroup';

const SERVING = hasRole('app', 'proxy');
const inWeb = (each: Container) => SERVING(each) && containerNamed(each.task, 'proxy') !== undefined;

const alive = {
  Command: ['CMD', 'python3', '-c', kitScripts.alive, '8000', '/health', 'app.example.com'],
  Interval: 10,
  Timeout: 5,
  Retries: 3,
  StartPeriod: 60,
};
const handshake = { ...alive, Command: ['CMD-SHELL', 'openssl s_client -brief -connect 127.0.0.1:8443 </dev/null'] };
const SERVER = ['gunicorn', 'run:app', '--bind', '127.0.0.1:8000', '--graceful-timeout', '30'];
const web = (app: JsonObject, proxy: JsonObject = {}) => ({
  Task: sampleTask([
    sampleContainer('app', { Command: SERVER, HealthCheck: alive, ...app }),
    sampleContainer('proxy', { HealthCheck: handshake, ...proxy }),
  ]),
});

export const control: RuleControl = {
  id: 'containers-checked',
  title: 'A copy that hangs is noticed and replaced, and one that stops may finish its requests',
  holds: ['C02/enforce', 'C04/enforce', 'C03/enforce'],
  tiers: everyTier,
  why: 'A copy that answers nobody would stay in service; one that is killed at once loses the requests it had.',
  remedy: 'Leave health checks to WebTask; set limits.gracefulStopSeconds for the time to finish.',
  ...guards(
    guardContainers(
      {
        'HealthCheck.Command': satisfies('a check that asks the container itself', (value) => asksItself(words(value))),
        'HealthCheck.Interval': is(10),
        'HealthCheck.Timeout': is(5),
        'HealthCheck.Retries': is(3),
        'HealthCheck.StartPeriod': between(15, 60),
      },
      inWeb,
    ),
    guardContainers({ HealthCheck: absent }, (each) => !inWeb(each)),
    // Workers and commands end by themselves; two seconds is ECS's least, two minutes Fargate's most.
    guardContainers({ StopTimeout: between(2, 120) }, SERVING),
    {
      protects: [{ type: TASK_DEFINITION, properties: ['ContainerDefinitions.StopTimeout'] }],
      check: (environment) => [...hurried(environment), ...elsewhere(environment)],
    },
  ),
  fixtures: {
    pass: [fixture('app and proxy are asked', web({}))],
    refuse: [
      fixture('nobody asks', web({ HealthCheck: null })),
      fixture('always well', web({ HealthCheck: { ...alive, Command: ['CMD-SHELL', 'exit 0'] } })),
      fixture(
        'well before it asks',
        web({
          HealthCheck: {
            ...alive,
            Command: alive.Command.map((word) => (word === kitScripts.alive ? `exit()\n${word}` : word)),
          },
        }),
      ),
      fixture('switched off', web({ HealthCheck: { ...alive, Command: ['NONE'] } })),
      fixture(
        'asks another',
        web({}, { HealthCheck: { ...handshake, Command: ['CMD', 'curl', 'https://example.com'] } }),
      ),
      fixture(
        'any answer will do',
        web({}, { HealthCheck: { ...handshake, Command: [...handshake.Command, '|| true'] } }),
      ),
      fixture(
        'asks another port',
        web({ HealthCheck: { ...alive, Command: alive.Command.map((word) => (word === '8000' ? '9000' : word)) } }),
      ),
      fixture('a check of a task that has nothing to answer', {
        Task: sampleTask([sampleContainer('app', { HealthCheck: alive })]),
      }),
      fixture('seldom', web({ HealthCheck: { ...alive, Interval: 300 } })),
      fixture('endless patience', web({ HealthCheck: { ...alive, Retries: 10 } })),
      fixture('an hour to start', web({ HealthCheck: { ...alive, StartPeriod: 300 } })),
      fixture('killed before it is ready to go', web({ StopTimeout: 10 })),
      fixture('the proxy leaves before its requests', web({}, { StopTimeout: 5 })),
      fixture('nothing said about stopping', web({ StopTimeout: null })),
    ],
  },
};

/** The app's liveness by our script, or the proxy's handshake; nothing may excuse a failure. */
function asksItself(command: readonly string[]): boolean {
  const [kind, program, ...rest] = command;
  if (kind === 'CMD')
    return (
      program === 'python3' &&
      rest[0] === '-c' &&
      rest[1] === kitScripts.alive &&
      /^\d{4,5}$/.test(rest[2] ?? '') &&
      /^\//.test(rest[3] ?? '') &&
      /^[a-z0-9.-]+$/.test(rest[4] ?? '') &&
      rest.length === 5
    );
  return (
    kind === 'CMD-SHELL' &&
    rest.length === 0 &&
    /^openssl s_client -brief -connect 127\.0\.0\.1:8443 <\/dev\/null$/.test(program ?? '')
  );
}

/** Whoever serves is killed only after gunicorn's own time to finish. */
function hurried(environment: EnvironmentView): Finding[] {
  return containersOf(environment)
    .filter(inWeb)
    .flatMap((container) => {
      const app = containerNamed(container.task, 'app');
      const graceful = Number(flagOf(words(app?.body.Command), '--graceful-timeout'));
      const stop = Number(container.body.StopTimeout);
      return stop > graceful
        ? []
        : [fault(container, 'StopTimeout', String(stop), `more than ${graceful}, gunicorn's own`)];
    });
}

/** The app is asked where gunicorn listens, for what the load balancer asks too. */
function elsewhere(environment: EnvironmentView): Finding[] {
  const paths = new Set(environment.ofType(TARGET_GROUP).map(({ properties }) => properties.HealthCheckPath));
  const hosts = environment
    .ofType('AWS::ElasticLoadBalancingV2::ListenerRule')
    .flatMap(({ properties }) => asList(properties.Conditions))
    .flatMap((each) => asList(at(each, 'HostHeaderConfig.Values')))
    .map(String);
  return containersOf(environment)
    .filter((each) => inWeb(each) && each.name === 'app')
    .flatMap((container) => {
      const [, , , , port, path, host] = words(at(container.body, 'HealthCheck.Command'));
      const bound = flagOf(words(container.body.Command), '--bind');
      const asked = (paths.size === 0 || paths.has(path ?? '')) && (hosts.length === 0 || hosts.includes(host ?? ''));
      return bound === `127.0.0.1:${port}` && asked
        ? []
        : [
            fault(
              container,
              'HealthCheck.Command',
              `${port} ${path}`,
              `the port of ${bound} and the path of the target groups`,
            ),
          ];
    });
}

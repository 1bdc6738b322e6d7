import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import {
  type Container,
  containersOf,
  fault,
  sampleContainer,
  sampleTask,
  TASK_DEFINITION,
} from '../rules/compute/containers';
import { asList, asObject, type EnvironmentView, type JsonObject } from '../view';

const SERVICE = 'AWS::ECS::Service';
const PROXY_PORT = 8443;

const listening = { PortMappings: [{ ContainerPort: PROXY_PORT, Protocol: 'tcp' }] };
const environment = (app: JsonObject, proxy: JsonObject = listening, target: JsonObject = {}) => ({
  Task: sampleTask([sampleContainer('volumes'), sampleContainer('app', app), sampleContainer('proxy', proxy)]),
  Service: {
    Type: SERVICE,
    Properties: {
      ServiceName: 'ums-prod-web',
      TaskDefinition: { Ref: 'Task' },
      LoadBalancers: [{ ContainerName: 'proxy', ContainerPort: PROXY_PORT, ...target }],
    },
  },
});

export const control: RuleControl = {
  id: 'app-behind-proxy',
  title: 'The proxy is the only container that can be reached',
  holds: ['E01/enforce'],
  tiers: everyTier,
  why: 'Headers, limits, blocked paths and the client’s real address come from the proxy: a way past it is a way past all of them.',
  remedy: 'Give no container but the proxy a port, and send the load balancer to the proxy.',
  protects: [
    { type: TASK_DEFINITION, properties: ['ContainerDefinitions.PortMappings'] },
    { type: SERVICE, properties: ['ServiceName', 'LoadBalancers.ContainerName', 'LoadBalancers.ContainerPort'] },
  ],
  check: (view) => [...containersOf(view).flatMap(portFaults), ...targetFaults(view)],
  fixtures: {
    pass: [fixture('the load balancer leads to the proxy', environment({}))],
    refuse: [
      fixture('the app has a port', environment({ PortMappings: [{ ContainerPort: 8000 }] })),
      fixture('the load balancer leads to the app', environment({}, listening, { ContainerName: 'app' })),
      fixture('the load balancer asks another port', environment({}, listening, { ContainerPort: 8000 })),
      fixture(
        'the proxy has a second port',
        environment({}, { PortMappings: [...listening.PortMappings, { ContainerPort: 22 }] }),
      ),
      fixture('the proxy has none', environment({}, {})),
      fixture('a service without its load balancer', {
        ...environment({}),
        Service: { Type: SERVICE, Properties: { TaskDefinition: { Ref: 'Task' } } },
      }),
    ],
  },
};

function portFaults(container: Container): Finding[] {
  const ports = asList(container.body.PortMappings).map(asObject);
  const isProxy = container.name === 'proxy';
  const fine = isProxy
    ? ports.length === 1 &&
      ports.every(
        (each) =>
          each.ContainerPort === PROXY_PORT &&
          (each.HostPort === undefined || each.HostPort === PROXY_PORT) &&
          (each.Protocol === undefined || each.Protocol === 'tcp'),
      )
    : ports.length === 0;
  return fine
    ? []
    : [
        fault(
          container,
          'PortMappings',
          shown(container.body.PortMappings),
          isProxy ? `port ${PROXY_PORT} alone` : 'no port',
        ),
      ];
}

/** A service whose task has a proxy is led to by the load balancer, at the proxy's port; another by none. */
function targetFaults(view: EnvironmentView): Finding[] {
  return view.ofType(SERVICE).flatMap((service): Finding[] => {
    const task = view.target(service.properties.TaskDefinition, service);
    const hasProxy = asList(task?.properties.ContainerDefinitions).some((each) => asObject(each).Name === 'proxy');
    const named = view.text(task?.properties.Family) === view.text(service.properties.ServiceName);
    const targets = asList(service.properties.LoadBalancers).map(asObject);
    const fine = hasProxy
      ? targets.length === 1 &&
        targets.every((each) => each.ContainerName === 'proxy' && Number(each.ContainerPort) === PROXY_PORT)
      : targets.length === 0;
    const expected = hasProxy ? `container proxy, port ${PROXY_PORT}` : 'no load balancer';
    const other: Finding[] = named
      ? []
      : [
          {
            resource: service,
            location: 'Properties.TaskDefinition',
            found: shown(service.properties.TaskDefinition),
            expected: `the task ${view.text(service.properties.ServiceName)}`,
          },
        ];
    return fine
      ? other
      : [
          {
            resource: service,
            location: 'Properties.LoadBalancers',
            found: shown(service.properties.LoadBalancers),
            expected,
          },
        ];
  });
}

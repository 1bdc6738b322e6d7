import { type Finding, shown } from '../../control';
import type { Expectation, Guard } from '../../expect';
import { asList, asObject, at, type EnvironmentView, type Json, type JsonObject, type Resource } from '../../view';

export const TASK_DEFINITION = 'AWS::ECS::TaskDefinition';

/** The containers that a task of the kit may have: two that end before the app starts, the app, and the proxy. */
export const containerRoles = ['volumes', 'static', 'app', 'proxy'] as const;
export type ContainerRole = (typeof containerRoles)[number];

/** One container as rendered. */
export interface Container {
  readonly task: Resource;
  readonly name: string;
  readonly body: JsonObject;
  /** Where it stands in the task, such as `Properties.ContainerDefinitions.1`. */
  readonly location: string;
}

export const containersIn = (task: Resource): readonly Container[] =>
  asList(task.properties.ContainerDefinitions).map((each, index) => ({
    task,
    name: String(asObject(each).Name),
    body: asObject(each),
    location: `Properties.ContainerDefinitions.${index}`,
  }));

export const containersOf = (environment: EnvironmentView): readonly Container[] =>
  environment.ofType(TASK_DEFINITION).flatMap(containersIn);

export const hasRole = (...roles: readonly ContainerRole[]) => {
  return ({ name }: Container): boolean => (roles as readonly string[]).includes(name);
};

/** The container of a role in a task. */
export const containerNamed = (task: Resource, role: ContainerRole): Container | undefined =>
  containersIn(task).find(hasRole(role));

/** Guards properties of every container, or of those of some roles; paths are below the container. */
export function guardContainers(
  wanted: Readonly<Record<string, Expectation>>,
  only: (container: Container) => boolean = () => true,
): Guard {
  return {
    protects: [
      { type: TASK_DEFINITION, properties: Object.keys(wanted).map((path) => `ContainerDefinitions.${path}`) },
    ],
    check: (environment) =>
      containersOf(environment)
        .filter(only)
        .flatMap((container) =>
          Object.entries(wanted).flatMap(([path, expectation]): Finding[] => {
            const value = at(container.body, path);
            return expectation.holds(value, container.task, environment)
              ? []
              : [fault(container, path, shown(value), expectation.expected)];
          }),
        ),
  };
}

/** A finding inside a container. */
export const fault = ({ task, location }: Container, path: string, found: string, expected: string): Finding => ({
  resource: task,
  location: `${location}.${path}`,
  found,
  expected,
});

/** The words of a command, or of an entry point; anything else is none. */
export const words = (value: Json | undefined): readonly string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string') ? (value as readonly string[]) : [];

/** The value after a flag, such as `--workers 3`. */
export function flagOf(command: readonly string[], flag: string): string | undefined {
  const index = command.indexOf(flag);
  return index < 0 ? undefined : command[index + 1];
}

/** Plain settings of a container by name. */
export const plainSettings = ({ body }: Container): Readonly<Record<string, Json>> =>
  Object.fromEntries(
    asList(body.Environment).map((each) => [String(asObject(each).Name), asObject(each).Value ?? null]),
  );

/** A task that has a hardened container of each role named, for fixtures. */
export function sampleTask(
  containers: readonly JsonObject[] = [sampleContainer('volumes'), sampleContainer('app')],
  changes: JsonObject = {},
) {
  return {
    Type: TASK_DEFINITION,
    Properties: {
      Family: 'ums-prod-web',
      Cpu: '1024',
      Memory: '2048',
      NetworkMode: 'awsvpc',
      RequiresCompatibilities: ['FARGATE'],
      RuntimePlatform: { CpuArchitecture: 'ARM64', OperatingSystemFamily: 'LINUX' },
      ExecutionRoleArn: { 'Fn::GetAtt': ['Execution', 'Arn'] },
      TaskRoleArn: { 'Fn::GetAtt': ['Task', 'Arn'] },
      Volumes: [{ Name: 'temporary' }, { Name: 'trust' }],
      ContainerDefinitions: containers,
      ...changes,
    },
  };
}

/** A container as the kit renders it, with some properties changed, for fixtures. */
export function sampleContainer(name: ContainerRole, changes: JsonObject = {}): JsonObject {
  const lasting = name === 'app' || name === 'proxy';
  return {
    Name: name,
    Image: {
      'Fn::Sub': `\${AWS::AccountId}.dkr.ecr.us-east-1.\${AWS::URLSuffix}/cdk-assets:${'a'.repeat(64)}`,
    },
    Essential: lasting,
    User: name === 'app' || name === 'static' ? '10001:10001' : '101:101',
    ReadonlyRootFilesystem: true,
    LinuxParameters: { InitProcessEnabled: true, Capabilities: { Drop: ['ALL'] } },
    Ulimits: [{ Name: 'nofile', SoftLimit: 65_535, HardLimit: 65_535 }],
    ...(lasting ? { StopTimeout: 35 } : {}),
    ...(name === 'volumes' ? {} : { DependsOn: [{ ContainerName: 'volumes', Condition: 'SUCCESS' }] }),
    ...changes,
  };
}

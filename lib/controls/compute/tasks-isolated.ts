import { everyTier, fixture, type RuleControl } from '../control';
import { guard, guards, is, pointsAt, satisfies } from '../expect';
import { closed } from '../rules/closed';
import { sampleTask, TASK_DEFINITION } from '../rules/compute/containers';
import { asList, asObject, type JsonObject } from '../view';

/** Names of the volumes that containers share or keep. */
const VOLUMES = ['temporary', 'static', 'trust', 'proxy-tls', 'proxy-cache', 'proxy-temporary'];

const roles = { Execution: { Type: 'AWS::IAM::Role' }, Task: { Type: 'AWS::IAM::Role' } };
const task = (changes: JsonObject) => ({ ...roles, Definition: sampleTask(undefined, changes) });

export const control: RuleControl = {
  id: 'tasks-isolated',
  title: 'Every task runs on Fargate in a network interface of its own, with empty volumes and roles of its own',
  holds: ['C05/enforce', 'C07/enforce'],
  tiers: everyTier,
  why: 'A task that shares a host, a process space or a foreign file system can be reached around every other rule.',
  remedy: 'Define tasks with AppTask.',
  ...guards(
    closed(TASK_DEFINITION, [
      'ContainerDefinitions',
      'Cpu',
      'ExecutionRoleArn',
      'Family',
      'Memory',
      'NetworkMode',
      'RequiresCompatibilities',
      'RuntimePlatform',
      'Tags',
      'TaskRoleArn',
      'Volumes',
    ]),
    guard(TASK_DEFINITION, {
      NetworkMode: is('awsvpc'),
      RequiresCompatibilities: satisfies('["FARGATE"]', (value) => asList(value).join() === 'FARGATE'),
      'RuntimePlatform.CpuArchitecture': is('ARM64'),
      'RuntimePlatform.OperatingSystemFamily': is('LINUX'),
      ExecutionRoleArn: pointsAt('AWS::IAM::Role'),
      TaskRoleArn: satisfies(
        'a role of this environment, and not the execution role',
        (value, resource, environment) => {
          const role = environment.target(value, resource);
          return (
            role?.type === 'AWS::IAM::Role' &&
            role !== environment.target(resource.properties.ExecutionRoleArn, resource)
          );
        },
      ),
      Volumes: satisfies('empty volumes that the kit names', (value) => {
        const volumes = asList(value).map(asObject);
        return (
          volumes.length > 0 &&
          volumes.every((each) => Object.keys(each).join() === 'Name' && VOLUMES.includes(String(each.Name)))
        );
      }),
    }),
  ),
  fixtures: {
    pass: [fixture('a task of the kit', task({}))],
    refuse: [
      fixture('on a host', task({ RequiresCompatibilities: ['EC2'] })),
      fixture("the host's network", task({ NetworkMode: 'host' })),
      fixture("the host's processes", task({ PidMode: 'host' })),
      fixture('a volume of the host', task({ Volumes: [{ Name: 'temporary', Host: { SourcePath: '/' } }] })),
      fixture('a volume that nobody knows', task({ Volumes: [{ Name: 'other' }] })),
      fixture('one role for ECS and the code', task({ TaskRoleArn: { 'Fn::GetAtt': ['Execution', 'Arn'] } })),
      fixture('a foreign role', task({ ExecutionRoleArn: 'arn:aws:iam::999999999999:role/foreign' })),
      fixture('another architecture', task({ RuntimePlatform: { CpuArchitecture: 'X86_64' } })),
    ],
  },
};

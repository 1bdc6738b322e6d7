import {
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ListServiceDeploymentsCommand,
  ListTasksCommand,
  StopServiceDeploymentCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import type { Deployment, SimulatedTask } from './deployment';
import type { SimulatedService } from './service';

/** Seconds that ECS remembers a stopped task. */
const REMEMBERED_SECONDS = 3600;

/**
 * Answers the calls of an ECS client about a simulated service, at the client's boundary: give it to a spy on
 * `ECSClient.prototype.send`, and the code under test stays as it is.
 *
 * @throws for a call that the simulation doesn't know
 */
export function answering(service: SimulatedService): (command: unknown) => Promise<unknown> {
  const { deployments, clock } = service;
  const arnOf = (task: SimulatedTask) =>
    `arn:aws:ecs:us-east-1:123456789012:task/${service.cluster}/${service.tasks.indexOf(task)}`;
  const listed = (stopped: boolean) =>
    service.tasks.filter(
      (task) =>
        task.stopped === stopped &&
        (!stopped || clock.now.getTime() - task.createdAt.getTime() < REMEMBERED_SECONDS * 1000),
    );
  return async (command) => {
    if (command instanceof ListServiceDeploymentsCommand) return deploymentsLike(command, deployments);
    if (command instanceof DescribeServiceDeploymentsCommand) {
      const { serviceDeploymentArns = [] } = command.input;
      return {
        serviceDeployments: deployments.filter(({ arn }) => serviceDeploymentArns.includes(arn)).map(described),
      };
    }
    if (command instanceof DescribeServiceRevisionsCommand) {
      const { serviceRevisionArns = [] } = command.input;
      const found = service.known.filter(({ arn }) => serviceRevisionArns.includes(arn));
      return {
        serviceRevisions: found.map(({ arn, taskDefinition }) => ({ serviceRevisionArn: arn, taskDefinition })),
      };
    }
    if (command instanceof DescribeTaskDefinitionCommand) {
      const { secrets = [] } = service.known.find((each) => each.taskDefinition === command.input.taskDefinition) ?? {};
      const named = secrets.map((valueFrom, index) => ({ name: `SECRET_${index}`, valueFrom }));
      return { taskDefinition: { containerDefinitions: [{ name: 'volumes' }, { name: 'app', secrets: named }] } };
    }
    if (command instanceof ListTasksCommand) {
      return { taskArns: listed(command.input.desiredStatus === 'STOPPED').map(arnOf) };
    }
    if (command instanceof DescribeTasksCommand) {
      const { tasks: wanted = [] } = command.input;
      const found = service.tasks.filter((task) => wanted.includes(arnOf(task)));
      return {
        tasks: found.map((task) => ({ taskArn: arnOf(task), startedBy: task.startedBy, createdAt: task.createdAt })),
      };
    }
    if (command instanceof StopServiceDeploymentCommand) {
      const { serviceDeploymentArn, stopType } = command.input;
      if (stopType !== 'ROLLBACK') throw new Error(`The simulation stops by ROLLBACK only, not ${stopType}`);
      deployments.find(({ arn }) => arn === serviceDeploymentArn)?.stop();
      return { serviceDeploymentArn };
    }
    if (command instanceof UpdateServiceCommand) return deployAnew(command, service);
    throw new Error(`The simulation doesn't answer ${String((command as object).constructor.name)}`);
  };
}

function deployAnew({ input }: UpdateServiceCommand, service: SimulatedService) {
  const { forceNewDeployment, cluster: _, service: __, ...others } = input;
  if (!forceNewDeployment || Object.keys(others).length > 0)
    throw new Error('The simulation knows a forced new deployment and no other change of a service');
  service.deployAnew();
  return { service: { serviceArn: service.arn } };
}

function deploymentsLike({ input }: ListServiceDeploymentsCommand, deployments: readonly Deployment[]) {
  const { status = [], createdAt: { after = new Date(0) } = {} } = input;
  const wanted = deployments.filter(
    (each) => (status.length === 0 || status.includes(each.status)) && each.startedAt >= after,
  );
  return { serviceDeployments: wanted.map(brief) };
}

const brief = ({ arn, status, startedAt, finishedAt }: Deployment) => ({
  serviceDeploymentArn: arn,
  status,
  createdAt: startedAt,
  startedAt,
  finishedAt,
});

const described = ({ arn, status, stage, startedAt, target }: Deployment) => ({
  serviceDeploymentArn: arn,
  status,
  lifecycleStage: stage,
  startedAt,
  targetServiceRevision: { arn: target.arn },
});

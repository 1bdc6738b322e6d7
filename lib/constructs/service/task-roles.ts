import { Stack } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { ManagedRole } from '../roles/managed-role';

/** ECS on behalf of this account's tasks, and nobody else's. */
const ecsTasks = (scope: Construct) =>
  new ServicePrincipal('ecs-tasks.amazonaws.com').withConditions({
    StringEquals: { 'aws:SourceAccount': Stack.of(scope).account },
  });

export interface TaskRolesProps {
  /** Whose roles, in words that fit "… of". */
  readonly of: string;
}

/**
 * The two roles of a kind of task. The execution role belongs to ECS: it pulls images, fetches the secrets that the task
 * definition names and opens log streams; no container can take it. The task role is what the code itself may do at AWS:
 * nothing, for an app that talks to PostgreSQL and a cache by password.
 */
export class TaskRoles extends Construct {
  readonly execution: ManagedRole;
  readonly task: ManagedRole;

  constructor(scope: Construct, id: string, props: TaskRolesProps) {
    super(scope, id);
    this.execution = new ManagedRole(this, 'Execution', {
      assumedBy: ecsTasks(this),
      description: `What ECS needs to start ${props.of}: images, secrets, log streams`,
    });
    this.task = new ManagedRole(this, 'Task', {
      assumedBy: ecsTasks(this),
      description: `What the code of ${props.of} may do at AWS: nothing`,
    });
  }
}

import { Stack } from 'aws-cdk-lib';
import {
  type AddToPrincipalPolicyResult,
  ManagedPolicy,
  type PolicyStatement,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { except } from '../../controls/except';
import { ManagedRole } from '../roles/managed-role';

/** ECS on behalf of this account's tasks, and nobody else's. */
const ecsTasks = (scope: Construct) =>
  new ServicePrincipal('ecs-tasks.amazonaws.com').withConditions({
    StringEquals: { 'aws:SourceAccount': Stack.of(scope).account },
  });

/** What it takes to pull the environment's images: the same for every task, so it stands in one policy. */
export class ImagePull extends ManagedPolicy {
  constructor(scope: Construct, id: string) {
    super(scope, id, { description: 'Pull the images of this environment' });
    except(this, {
      finding: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'ecr:GetAuthorizationToken belongs to no repository; the pulls beside it name our own',
      owner: 'Breakwater maintainers',
      expires: '2027-11-30',
    });
  }
}

export interface TaskRolesProps {
  /** Whose roles, in words that fit "… of". */
  readonly of: string;
  readonly pull: ImagePull;
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
    this.execution = new ExecutionRole(this, 'Execution', props);
    this.task = new ManagedRole(this, 'Task', {
      assumedBy: ecsTasks(this),
      description: `What the code of ${props.of} may do at AWS: nothing`,
    });
  }
}

/** Sends the grants of container images to the shared policy, and keeps the others. */
class ExecutionRole extends ManagedRole {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: TaskRolesProps,
  ) {
    super(scope, id, {
      assumedBy: ecsTasks(scope),
      description: `What ECS needs to start ${props.of}: images, secrets, log streams`,
    });
    this.addManagedPolicy(props.pull);
  }

  override addToPrincipalPolicy(statement: PolicyStatement): AddToPrincipalPolicyResult {
    if (!statement.actions.every((action) => action.startsWith('ecr:'))) return super.addToPrincipalPolicy(statement);
    this.props.pull.addStatements(statement);
    return { statementAdded: true, policyDependable: this.props.pull };
  }
}

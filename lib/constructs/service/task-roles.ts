import { Lazy, Stack } from 'aws-cdk-lib';
import { type AddToPrincipalPolicyResult, ManagedPolicy, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
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

const CONTEXT = 'kms:EncryptionContext:SecretARN';

/**
 * Sends the grants of container images to the shared policy, and keeps the others. Each secret brings a right to decrypt
 * that differs in the secret alone; they are written as one, for a policy may have 6,144 characters.
 */
class ExecutionRole extends ManagedRole {
  /** Secrets that may be decrypted, by key and way. */
  private readonly decrypted = new Map<string, unknown[]>();

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
    if (statement.actions.every((action) => action.startsWith('ecr:'))) {
      this.props.pull.addStatements(statement);
      return { statementAdded: true, policyDependable: this.props.pull };
    }
    const { StringEquals: { [CONTEXT]: secret, ...way } = {} } = statement.conditions as Conditions;
    if (secret === undefined) return super.addToPrincipalPolicy(statement);
    const { resources } = statement;
    const same = JSON.stringify(this.stack.resolve([resources, way]));
    const known = this.decrypted.get(same);
    if (known) {
      if (!known.includes(secret)) known.push(secret);
      return { statementAdded: true, policyDependable: this.rights };
    }
    const secrets = [secret];
    this.decrypted.set(same, secrets);
    return super.addToPrincipalPolicy(
      new PolicyStatement({
        actions: statement.actions,
        resources,
        conditions: { StringEquals: { ...way, [CONTEXT]: Lazy.any({ produce: () => secrets }) } },
      }),
    );
  }
}

type Conditions = { readonly StringEquals?: Readonly<Record<string, unknown>> };

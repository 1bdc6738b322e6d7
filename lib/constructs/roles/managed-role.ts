import {
  type AddToPrincipalPolicyResult,
  type IPrincipal,
  ManagedPolicy,
  type PolicyStatement,
  Role,
} from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

export interface ManagedRoleProps {
  /** Who may take the role. */
  readonly assumedBy: IPrincipal;
  /** What the role is for, in words that a reviewer reads in the template. */
  readonly description: string;
  /** What it may do, beyond what grants add. @default - nothing */
  readonly statements?: readonly PolicyStatement[];
}

/**
 * A role whose rights stand in one customer-managed policy instead of an inline one, so that they have versions and can
 * be read and attached as a whole. Grants of the CDK (`secret.grantRead(role)`) land in the same policy.
 */
export class ManagedRole extends Role {
  private made?: ManagedPolicy;

  constructor(scope: Construct, id: string, props: ManagedRoleProps) {
    super(scope, id, { assumedBy: props.assumedBy, description: props.description });
    for (const statement of props.statements ?? []) this.addToPrincipalPolicy(statement);
  }

  /** The policy, made when first needed: an empty one can't be deployed. */
  get rights(): ManagedPolicy {
    this.made ??= new ManagedPolicy(this, 'Rights', { roles: [this], description: this.node.id });
    return this.made;
  }

  override addToPrincipalPolicy(statement: PolicyStatement): AddToPrincipalPolicyResult {
    this.rights.addStatements(statement);
    return { statementAdded: true, policyDependable: this.rights };
  }
}

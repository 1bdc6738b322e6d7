import { CfnParameter, type Stack, Tags } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Which commit runs (row P11). It is given when deploying and not when synthesizing, so a template says what is built
 * and not when; without a default, a deployment that doesn't say its release can't be made.
 *
 * `npx cdk deploy 'prod/*' --parameters <stack>:Release=$(git rev-parse HEAD)`
 */
export class Release {
  private readonly parameter: CfnParameter;

  constructor(stack: Stack) {
    this.parameter = new CfnParameter(stack, 'Release', {
      type: 'String',
      description: 'Commit of the application that this deployment brings, as git rev-parse HEAD prints it',
      allowedPattern: '[0-9a-f]{40}([0-9a-f]{24})?',
      constraintDescription: 'must be a full commit id: 40 hexadecimal digits, or 64 in a SHA-256 repository',
    });
  }

  /** The commit id, as a reference. */
  get commit(): string {
    return this.parameter.valueAsString;
  }

  /** Writes the commit on what it names, and on every task started from it. */
  tag(construct: IConstruct): void {
    Tags.of(construct).add('breakwater:release', this.commit);
  }
}

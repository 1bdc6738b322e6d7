import { CrossStackReferences, Fn, ReferenceStrength, Stack, type StackProps, Tags } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import type { Environment } from '../config/schema';

export interface EnvironmentStackProps {
  readonly environment: Environment;
}

/**
 * A stack of one environment: places it, protects it and tags it.
 *
 * Stacks read each other's values by exports: CloudFormation refuses to replace or delete what is exported while it is
 * imported, so that no subnet, key or security group vanishes under what uses it. But the stack that exports is
 * updated before the one that imports: an export that goes with a change of the environment's file stops that
 * deployment. `mayGo` and `alwaysExported` are for these; `test/stacks/one-deployment.test.ts` finds what needs them.
 */
export class EnvironmentStack extends Stack {
  constructor(scope: Construct, id: string, props: EnvironmentStackProps & { readonly description: string }) {
    const { environment } = props;
    const placement: StackProps = {
      env: { account: environment.account, region: environment.region },
      description: `${environment.app.name} ${environment.name}: ${props.description}`,
      stackName: `${environment.app.name}-${environment.name}-${id}`,
      terminationProtection: environment.tier === 'production',
    };
    super(scope, id, placement);
    Tags.of(this).add('breakwater:application', environment.app.name);
    Tags.of(this).add('breakwater:environment', environment.name);
    Tags.of(this).add('breakwater:tier', environment.tier);
  }

  /**
   * Lets parts go in the same deployment in which other stacks stop using them: these read them by the names of stack
   * and output. Until they are updated they know a part that is gone, and one whose template stays the same is not
   * updated at all. So this is for parts that the environment's file can take away and that are never replaced in
   * place; the control `references-resolve` refuses it for others.
   */
  protected mayGo(...parts: readonly IConstruct[]): void {
    for (const part of parts) CrossStackReferences.of(part).produce(ReferenceStrength.WEAK);
  }

  /** Keeps the exports of what stays, whether or not another stack needs them at the moment. */
  protected alwaysExported(...values: readonly string[]): void {
    for (const value of values) this.exportValue(value);
  }

  /**
   * Zones by position, never looked up: an account-bound stack would ask AWS for them (or for the cached answer in
   * cdk.context.json), and the same commit would give other templates elsewhere.
   */
  override get availabilityZones(): string[] {
    return [0, 1, 2].map((index) => Fn.select(index, Fn.getAzs()));
  }
}

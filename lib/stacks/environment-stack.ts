import { Fn, Stack, type StackProps, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Environment } from '../config/schema';

export interface EnvironmentStackProps {
  readonly environment: Environment;
}

/** A stack of one environment: places it, protects it and tags it. */
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
   * Zones by position, never looked up: an account-bound stack would ask AWS for them (or for the cached answer in
   * cdk.context.json), and the same commit would give other templates elsewhere.
   */
  override get availabilityZones(): string[] {
    return [0, 1, 2].map((index) => Fn.select(index, Fn.getAzs()));
  }
}

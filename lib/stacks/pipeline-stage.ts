import { CfnOutput, RemovalPolicy, Stack, Stage, Tags } from 'aws-cdk-lib';
import { OidcProviderNative } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Environment } from '../config/schema';
import { DeployRole, GITHUB_TOKENS, TOKEN_AUDIENCE } from '../constructs/pipeline/deploy-role';
import { EnvironmentStack, type EnvironmentStackProps } from './environment-stack';

/**
 * What the account needs before a pipeline can deploy the environment. An administrator deploys it once, by
 * `npx cdk deploy 'prod/pipeline/*'`; `prod/*` leaves it out, because the pipeline must not be able to change its own
 * rights.
 */
export class PipelineStage extends Stage {
  constructor(scope: Construct, id: string, environment: Environment) {
    super(scope, id);
    const provider = new GithubProviderStack(this, 'provider', environment);
    new DeployerStack(this, 'deployer', { environment }).addStackDependency(provider);
  }
}

/**
 * GitHub as a provider of identities. An account can have one, so every environment brings the same stack: same name,
 * same region (environments of an account share one), same template. Whichever is deployed first makes it, and the others find nothing to change. Where the
 * account has a provider from elsewhere, deploy `prod/pipeline/deployer` alone.
 */
class GithubProviderStack extends Stack {
  constructor(scope: Construct, id: string, environment: Environment) {
    super(scope, id, {
      env: { account: environment.account, region: environment.region },
      stackName: 'breakwater-github-provider',
      description: 'GitHub workflows of this account',
      terminationProtection: true,
    });
    new OidcProviderNative(this, 'GitHub', {
      url: `https://${GITHUB_TOKENS}`,
      clientIds: [TOKEN_AUDIENCE],
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    Tags.of(this).add('breakwater:environment', 'shared');
  }
}

/** The role with which one environment is deployed. */
class DeployerStack extends EnvironmentStack {
  constructor(scope: Construct, id: string, props: EnvironmentStackProps) {
    super(scope, id, { ...props, description: 'rights of the deployment pipeline' });
    const role = new DeployRole(this, 'Role', props);
    new CfnOutput(this, 'DeployRoleArn', {
      description: 'Workflows take this role, as role-to-assume of aws-actions/configure-aws-credentials',
      value: role.roleArn,
    });
  }
}

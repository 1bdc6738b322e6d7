import { Aws, DefaultStackSynthesizer, Duration } from 'aws-cdk-lib';
import { FederatedPrincipal, ManagedPolicy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Environment } from '../../config/schema';
import { nameOf } from '../naming';

/** Host of the tokens that GitHub gives its workflows, and part of the provider's ARN. */
export const GITHUB_TOKENS = 'token.actions.githubusercontent.com';
/** Whom the tokens are for. */
export const TOKEN_AUDIENCE = 'sts.amazonaws.com';

/** Roles of `cdk bootstrap` that a deployment needs. It needs no look-up: nothing is looked up. */
const BOOTSTRAP_ROLES = ['deploy', 'file-publishing', 'image-publishing'];

export interface DeployRoleProps {
  readonly environment: Environment;
}

/**
 * What the pipeline becomes while it deploys one environment, an hour at most and without any stored key.
 *
 * A workflow gets in only from the configured repository and only inside the GitHub environment, so that the reviewers
 * and branches that guard the GitHub environment guard the role as well. All it can do is to take the roles of
 * `cdk bootstrap` in the environment's region and backup region; what CloudFormation may do is decided there.
 */
export class DeployRole extends Role {
  constructor(scope: Construct, id: string, props: DeployRoleProps) {
    const { environment } = props;
    const { repository, environment: protectedBy = environment.name } = environment.pipeline;
    super(scope, id, {
      roleName: nameOf(environment, 'deploy'),
      description: `Deploys ${environment.app.name} ${environment.name} from ${repository}`,
      maxSessionDuration: Duration.hours(1),
      assumedBy: new FederatedPrincipal(
        `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:oidc-provider/${GITHUB_TOKENS}`,
        {
          StringEquals: {
            [`${GITHUB_TOKENS}:aud`]: TOKEN_AUDIENCE,
            [`${GITHUB_TOKENS}:sub`]: `repo:${repository}:environment:${protectedBy}`,
          },
        },
        'sts:AssumeRoleWithWebIdentity',
      ),
    });
    const regions = [environment.region, environment.backupRegion];
    new ManagedPolicy(this, 'Rights', {
      description: 'Takes the roles of cdk bootstrap',
      roles: [this],
      statements: [
        new PolicyStatement({
          actions: ['sts:AssumeRole'],
          resources: regions.flatMap((region) =>
            BOOTSTRAP_ROLES.map((role) => {
              const name = `cdk-${DefaultStackSynthesizer.DEFAULT_QUALIFIER}-${role}-role-${Aws.ACCOUNT_ID}-${region}`;
              return `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/${name}`;
            }),
          ),
        }),
      ],
    });
  }
}

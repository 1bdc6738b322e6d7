import { Aws } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { env } from '../../../lambda/check-secrets/env';
import { type FunctionSurroundings, KitFunction } from '../functions/kit-function';
import type { ApplicationSecrets } from '../secrets/application-secrets';

export interface SecretsCheckProps extends FunctionSurroundings {
  readonly clusterName: string;
  readonly secrets: ApplicationSecrets;
  /** Where it writes what is missing. */
  readonly logGroup: ILogGroup;
}

/**
 * The function that a deployment asks whether every secret that a person has to fill has a value. It may see that there is
 * one; it may not read it.
 */
export class SecretsCheck extends Construct {
  readonly handler: IFunction;

  constructor(scope: Construct, id: string, props: SecretsCheckProps) {
    super(scope, id);
    const { environment, secrets } = props;
    const { lambda } = new KitFunction(this, 'Check', {
      ...props,
      code: 'check-secrets',
      description: 'Ends a deployment whose secrets nobody has filled',
      statements: [
        new PolicyStatement({
          actions: ['ecs:DescribeServiceRevisions'],
          resources: [
            `arn:${Aws.PARTITION}:ecs:${environment.region}:${Aws.ACCOUNT_ID}:service-revision/${props.clusterName}/*`,
          ],
        }),
        // IAM knows no resource for it.
        new PolicyStatement({ actions: ['ecs:DescribeTaskDefinition'], resources: ['*'] }),
        new PolicyStatement({
          actions: ['secretsmanager:DescribeSecret'],
          resources: secrets.byHand.map(({ secretArn }) => secretArn),
        }),
      ],
      variables: { [env.prefix]: secrets.byHandPrefix },
      runbook: 'deployment-failed',
      severity: 'warning',
      rows: ['C12'],
    });
    this.handler = lambda;
  }
}

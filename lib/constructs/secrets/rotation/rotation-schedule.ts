import { Stack } from 'aws-cdk-lib';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import { CfnRotationSchedule } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { KitFunction } from '../../functions/kit-function';
import type { ApplicationSecret } from '../application-secret';

export interface RotationScheduleProps {
  readonly secret: ApplicationSecret;
  readonly by: KitFunction;
  /** Days between two rotations. */
  readonly days: number;
}

/**
 * Has Secrets Manager rotate a secret by a function of the kit, which it may call for that secret and on behalf of this
 * account only.
 *
 * The first rotation comes after the first period: at once would be in the middle of the deployment that makes the
 * database's roles and the service.
 */
export class RotationSchedule extends Construct {
  constructor(scope: Construct, id: string, props: RotationScheduleProps) {
    super(scope, id);
    const { secret, by } = props;
    secret.grantRotate(by.role);
    const permission = new CfnPermission(this, 'Permission', {
      action: 'lambda:InvokeFunction',
      functionName: by.lambda.functionArn,
      principal: 'secretsmanager.amazonaws.com',
      sourceAccount: Stack.of(this).account,
      sourceArn: secret.secretArn,
    });
    const schedule = new CfnRotationSchedule(this, 'Schedule', {
      secretId: secret.secretArn,
      rotationLambdaArn: by.lambda.functionArn,
      rotationRules: { automaticallyAfterDays: props.days },
      rotateImmediatelyOnUpdate: false,
    });
    // Secrets Manager tries the function as soon as it is set up.
    schedule.addResourceDependency(permission);
    schedule.node.addDependency(by.role);
  }
}

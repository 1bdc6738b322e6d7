import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { env as retireEnv } from '../../../../lambda/retire-application-key/env';
import { env as rotateEnv } from '../../../../lambda/rotate-application-key/env';
import { type FunctionSurroundings, KitFunction } from '../../functions/kit-function';
import { nameOf } from '../../naming';
import type { ApplicationSecret } from '../application-secret';
import { RotationSchedule } from './rotation-schedule';

/** Row K07: a key that signs no more is accepted for so long, in which users come back and get a new signature. */
export const GRACE_DAYS = 7;
const RETIRE_EVERY = Duration.days(1);

export interface KeyRotationProps extends FunctionSurroundings {
  /** Keyrings by the construct id of their schedules, such as `SecretKey`. */
  readonly keyrings: Readonly<Record<string, ApplicationSecret>>;
  /** Days between two rotations. */
  readonly days: number;
}

/**
 * Rotates keyrings: a new key signs, the one before is accepted for its grace and then taken out. Nobody is logged out by
 * it.
 */
export class KeyRotation extends Construct {
  constructor(scope: Construct, id: string, props: KeyRotationProps) {
    super(scope, id);
    const { environment, days } = props;
    const keyrings = Object.entries(props.keyrings);
    const shared = { ...props, runbook: 'rotation-failed', severity: 'warning', statements: [] } as const;
    const rotate = new KitFunction(this, 'Rotate', {
      ...shared,
      code: 'rotate-application-key',
      description: 'Rotates the keyrings of the application',
      variables: { [rotateEnv.graceDays]: String(GRACE_DAYS) },
      // Keyrings that were made together rotate together.
      concurrency: keyrings.length,
      rows: ['K05', 'K07', 'A10'],
    });
    for (const [child, secret] of keyrings) new RotationSchedule(this, child, { secret, by: rotate, days });
    const retire = new KitFunction(this, 'Retire', {
      ...shared,
      code: 'retire-application-key',
      description: 'Takes keys out of keyrings whose grace is over',
      variables: { [retireEnv.keyrings]: keyrings.map(([, { secretArn }]) => secretArn).join(',') },
      rows: ['K07', 'A10'],
    });
    for (const [, secret] of keyrings) secret.grantRotate(retire.role);
    new Rule(this, 'RetireSchedule', {
      ruleName: nameOf(environment, 'retire-application-key'),
      description: 'Takes keys out of keyrings whose grace is over',
      schedule: Schedule.rate(RETIRE_EVERY),
    }).addTarget(new LambdaTarget(retire.lambda, { retryAttempts: 2 }));
  }
}

import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { env } from '../../../lambda/rotate-database-password/env';
import { type FunctionSurroundings, KitFunction } from '../functions/kit-function';
import type { ApplicationSecret } from '../secrets/application-secret';
import { RotationSchedule } from '../secrets/rotation/rotation-schedule';
import type { Database } from './database';
import { roleSettings } from './role-settings';

/** A proxy may take a minute to see a new password, and statements wait for locks. */
const TIMEOUT = Duration.minutes(3);

export interface PasswordRotationProps extends FunctionSurroundings {
  readonly database: Database;
  readonly app: ApplicationSecret;
  readonly migrate: ApplicationSecret;
  /** Days between two rotations. */
  readonly days: number;
}

/** Rotates both logins at the database. Each alternates between twins, so that one is valid at every moment. */
export class PasswordRotation extends Construct {
  constructor(scope: Construct, id: string, props: PasswordRotationProps) {
    super(scope, id);
    const { environment, database, app, migrate, days } = props;
    const { proxy } = database;
    const rotate = new KitFunction(this, 'Rotate', {
      ...props,
      code: 'rotate-database-password',
      description: 'Rotates the logins of the database',
      statements: [],
      variables: {
        ...roleSettings(environment, database, { app, migrate }),
        ...(proxy
          ? {
              [env.proxyHost]: database.forApp.host,
              [env.proxySecrets]: proxy.logins.map(({ secretArn }) => secretArn).join(','),
            }
          : {}),
      },
      timeout: TIMEOUT,
      // Logins that were made together rotate together.
      concurrency: 2,
      runbook: 'rotation-failed',
      severity: 'warning',
      rows: ['K04', 'K07', 'A10'],
    });
    database.grantMaster(rotate.role);
    for (const login of proxy?.logins ?? []) login.grantPut(rotate.role);
    new RotationSchedule(this, 'App', { secret: app, by: rotate, days });
    new RotationSchedule(this, 'Migrate', { secret: migrate, by: rotate, days });
  }
}

import { CustomResource, Duration } from 'aws-cdk-lib';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { FunctionSurroundings } from '../functions/kit-function';
import { KitFunction } from '../functions/kit-function';
import type { ApplicationSecret } from '../secrets/application-secret';
import type { Database } from './database';
import { roleSettings } from './role-settings';

/** Making a few roles takes a second; a server that has just been made, or is busy, takes longer. */
const TIMEOUT = Duration.minutes(5);

export interface DatabaseRolesProps extends FunctionSurroundings {
  readonly database: Database;
  readonly app: ApplicationSecret;
  readonly migrate: ApplicationSecret;
}

/**
 * The roles of the database: made when the environment is deployed, before anything can log in, and brought in order again
 * by each deployment that changes the function or its settings.
 */
export class DatabaseRoles extends Construct {
  constructor(scope: Construct, id: string, props: DatabaseRolesProps) {
    super(scope, id);
    const { environment, database, app, migrate } = props;
    const settings = roleSettings(environment, database, { app, migrate });
    const prepare = new KitFunction(this, 'Prepare', {
      ...props,
      code: 'prepare-database',
      description: 'Makes the roles of the database and their rights',
      statements: [],
      variables: settings,
      timeout: TIMEOUT,
      runbook: 'database-roles-not-prepared',
      severity: 'warning',
      rows: ['K04'],
    });
    for (const secret of [app, migrate]) secret.grantLook(prepare.role);
    database.grantMaster(prepare.role);
    const { s3Key } = (prepare.lambda.node.defaultChild as CfnFunction).code as CfnFunction.CodeProperty;
    const roles = new CustomResource(this, 'Roles', {
      resourceType: 'Custom::DatabaseRoles',
      serviceToken: prepare.lambda.functionArn,
      serviceTimeout: TIMEOUT,
      // CloudFormation asks again when one of these changes.
      properties: { Code: s3Key, Settings: settings },
    });
    roles.node.addDependency(prepare.role);
  }
}

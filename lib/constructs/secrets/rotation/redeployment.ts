import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct, type IDependable } from 'constructs';
import { env } from '../../../../lambda/redeploy-service/env';
import type { Database } from '../../database/database';
import { twins } from '../../database/roles';
import { type FunctionSurroundings, KitFunction } from '../../functions/kit-function';
import { nameOf } from '../../naming';
import { lookingAtTasks, partOfCluster } from '../../roles/ecs-statements';
import type { ApplicationSecret } from '../application-secret';

/** Often enough that a compromised key is out of use within the hour. */
const EVERY = Duration.minutes(5);
/** It asks every service, and the database. */
const TIMEOUT = Duration.minutes(2);
/** The label that says which version runs. The function may move no other. */
export const DEPLOYED_LABEL = 'DEPLOYED';

export interface RedeploymentProps extends FunctionSurroundings {
  readonly clusterName: string;
  /** Names of the services whose tasks get the secrets. */
  readonly serviceNames: readonly string[];
  /** The services themselves: before they stand, nothing can be deployed anew. */
  readonly services: readonly IDependable[];
  readonly database: Database;
  /** The application's login, whose use the database can be asked for. */
  readonly login: ApplicationSecret;
  /** What else the tasks get: whatever changes is in use only in tasks that start afterwards. */
  readonly others: readonly ApplicationSecret[];
}

/**
 * Brings new values of secrets into use: ECS hands a task its secrets once, when it starts.
 *
 * A schedule and a function are all of it. The function compares two labels of each secret, current and deployed, and what
 * runs: so it needs no event (that of a rotation comes by CloudTrail, at best effort), no queue and no state of its own, and
 * a run that was lost or cut off is made good by the next. Several changes share one deployment because they are seen
 * together.
 */
export class Redeployment extends Construct {
  constructor(scope: Construct, id: string, props: RedeploymentProps) {
    super(scope, id);
    const { environment, clusterName, login, database } = props;
    const secrets = [login, ...props.others];
    const redeploy = new KitFunction(this, 'Redeploy', {
      ...props,
      code: 'redeploy-service',
      description: 'Brings new values of secrets into use by a deployment',
      statements: [
        ...lookingAtTasks(environment, clusterName),
        new PolicyStatement({
          actions: ['ecs:ListServiceDeployments', 'ecs:UpdateService'],
          resources: props.serviceNames.map((name) => partOfCluster(environment, 'service', clusterName, name)),
        }),
        new PolicyStatement({
          actions: ['secretsmanager:DescribeSecret'],
          resources: secrets.map(({ secretArn }) => secretArn),
        }),
        new PolicyStatement({
          actions: ['secretsmanager:UpdateSecretVersionStage'],
          resources: secrets.map(({ secretArn }) => secretArn),
          conditions: { StringEquals: { 'secretsmanager:VersionStage': DEPLOYED_LABEL } },
        }),
      ],
      variables: {
        [env.cluster]: clusterName,
        [env.services]: props.serviceNames.join(','),
        [env.secrets]: secrets.map(({ secretArn }) => secretArn).join(','),
        [env.login]: login.secretArn,
        [env.users]: twins.app.join(','),
        [env.host]: database.direct.host,
        [env.port]: String(database.direct.port),
        [env.database]: database.direct.name,
        [env.pooled]: database.proxy ? 'yes' : 'no',
      },
      timeout: TIMEOUT,
      runbook: 'rotation-not-in-use',
      severity: 'warning',
      rows: ['K04', 'K05', 'K07', 'A10'],
    });
    login.grantRead(redeploy.role);
    const schedule = new Rule(this, 'Schedule', {
      ruleName: nameOf(environment, 'redeploy-service'),
      description: 'Looks for secrets that changed',
      schedule: Schedule.rate(EVERY),
    });
    schedule.addTarget(new LambdaTarget(redeploy.lambda, { retryAttempts: 2 }));
    schedule.node.addDependency(...props.services);
  }
}

import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Environment } from '../../config/schema';
import { removalPolicyOf } from '../naming';

/** Classes of log, each with its own retention; see `logs` of the environment. */
export const logClassNames = ['access', 'error', 'application', 'security', 'audit', 'database', 'flow'] as const;
export type LogClassName = (typeof logClassNames)[number];

/** The retentions that CloudWatch Logs accepts, days. */
const ACCEPTED_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

export interface LogClassesProps {
  readonly environment: Environment;
  readonly key: IKey;
}

/** One log group for each class. */
export class LogClasses extends Construct {
  readonly groups: Readonly<Record<LogClassName, LogGroup>>;

  constructor(scope: Construct, id: string, props: LogClassesProps) {
    super(scope, id);
    const { environment, key } = props;
    const group = (name: LogClassName) =>
      new LogGroup(this, name.charAt(0).toUpperCase() + name.slice(1), {
        logGroupName: `/${environment.app.name}/${environment.name}/${name}`,
        retention: acceptedRetention(environment.logs[`${name}Days`]),
        encryptionKey: key,
        removalPolicy: removalPolicyOf(environment),
      });
    this.groups = Object.fromEntries(logClassNames.map((name) => [name, group(name)])) as Record<
      LogClassName,
      LogGroup
    >;
  }
}

/** The shortest retention that CloudWatch accepts and that keeps at least this many days. */
export function acceptedRetention(days: number): RetentionDays {
  return ACCEPTED_DAYS.find((accepted) => accepted >= days) as RetentionDays;
}

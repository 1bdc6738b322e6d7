import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  CustomDataIdentifier,
  DataIdentifier,
  DataProtectionPolicy,
  LogGroup,
  LogGroupClass,
  type RetentionDays,
} from 'aws-cdk-lib/aws-logs';
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

/** Classes that application code writes, where a key or token may slip in. Masking costs $0.12 a GB. */
const MASKED: readonly LogClassName[] = ['error', 'application'];

export interface LogClassesProps {
  readonly environment: Environment;
  readonly key: IKey;
}

/** One log group for each class. Production's can't be deleted before its protection is taken off. */
export class LogClasses extends Construct {
  readonly groups: Readonly<Record<LogClassName, LogGroup>>;

  constructor(scope: Construct, id: string, props: LogClassesProps) {
    super(scope, id);
    const { environment, key } = props;
    const group = (name: LogClassName) =>
      new LogGroup(this, name.charAt(0).toUpperCase() + name.slice(1), {
        logGroupName: `/${environment.app.name}/${environment.name}/${name}`,
        // Metric filters and masking work on this class only, and a group's class can never be changed.
        logGroupClass: LogGroupClass.STANDARD,
        retention: acceptedRetention(environment.logs[`${name}Days`]),
        encryptionKey: key,
        deletionProtectionEnabled: environment.tier === 'production',
        removalPolicy: removalPolicyOf(environment),
        dataProtectionPolicy: MASKED.includes(name) ? maskedCredentials() : undefined,
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

/** Readers see asterisks in place of keys and tokens; whoever may `logs:Unmask` sees the text. */
function maskedCredentials(): DataProtectionPolicy {
  return new DataProtectionPolicy({
    name: 'credentials',
    description: 'Keys and tokens that slip into a log',
    identifiers: [
      DataIdentifier.AWSSECRETKEY,
      DataIdentifier.OPENSSHPRIVATEKEY,
      DataIdentifier.PGPPRIVATEKEY,
      DataIdentifier.PKCSPRIVATEKEY,
      DataIdentifier.PUTTYPRIVATEKEY,
      new CustomDataIdentifier('JsonWebToken', 'eyJ[A-Za-z0-9_-]{8,}\\.eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,}'),
    ],
  });
}

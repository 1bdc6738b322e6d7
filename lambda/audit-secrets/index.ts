import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeSecretCommand,
  ListSecretVersionIdsCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { guarded, log } from '../common/log';
import { type Setting, settings, text } from '../common/settings';
import { type Aged, judgeByHand, judgeRotating, type Verdict } from './audit';
import { env } from './env';

const secretsManager = new SecretsManagerClient({ maxAttempts: 6 });
const cloudWatch = new CloudWatchClient({ maxAttempts: 6 });

/** A secret and a number of days. */
interface Limit {
  readonly arn: string;
  readonly days: number;
}

/**
 * Looks at the age of every secret of the environment, never at a value. It says in the log what a person has to do, and
 * measures how many rotations are late and in how many days the first value is due that a person has to change. Alarms
 * watch both figures, and their silence.
 */
export const handler = guarded(async () => {
  const given = settings({
    rotating: limits(env.rotating),
    namespace: text(env.namespace),
    function: text('AWS_LAMBDA_FUNCTION_NAME'),
  });
  const byHand = process.env[env.byHand] ? settings({ limits: limits(env.byHand) }).limits : [];
  const now = new Date();
  const rotating = await Promise.all(
    given.rotating.map(async ({ arn, days }) => judgeRotating(await ageOf(arn), days, now)),
  );
  const due = (
    await Promise.all(byHand.map(async ({ arn, days }) => judgeByHand(await ageOf(arn), days, now) ?? []))
  ).flat();
  for (const verdict of [...rotating, ...due]) tell(verdict);
  const late = rotating.filter(({ todo }) => todo !== undefined).length;
  const Dimensions = [{ Name: 'FunctionName', Value: given.function }];
  await cloudWatch.send(
    new PutMetricDataCommand({
      Namespace: given.namespace,
      MetricData: [
        { MetricName: 'LateRotations', Value: late, Unit: 'Count', Dimensions },
        // Where nobody has filled anything yet, nothing is due: a year is farther than any limit.
        ...(byHand.length > 0
          ? [{ MetricName: 'DaysUntilDue', Value: Math.min(366, ...due.map(({ daysLeft }) => daysLeft)), Dimensions }]
          : []),
      ],
    }),
  );
});

function tell({ secret, daysLeft, todo }: Verdict): void {
  if (todo) log.warn(todo, { secret, daysLeft });
  else log.info('in time', { secret, daysLeft });
}

async function ageOf(SecretId: string): Promise<Aged> {
  const found = await secretsManager.send(new DescribeSecretCommand({ SecretId }));
  return {
    name: found.Name ?? SecretId,
    deleted: found.DeletedDate,
    created: found.CreatedDate ?? new Date(0),
    rotates: found.RotationEnabled === true,
    rotated: found.LastRotatedDate,
    valueSince: found.DeletedDate ? undefined : await valueSince(SecretId),
  };
}

/** When the current version was put. The secret's own dates move with every label. */
async function valueSince(SecretId: string): Promise<Date | undefined> {
  let NextToken: string | undefined;
  do {
    const page = await secretsManager.send(new ListSecretVersionIdsCommand({ SecretId, NextToken }));
    const current = page.Versions?.find(({ VersionStages = [] }) => VersionStages.includes('AWSCURRENT'));
    if (current) return current.CreatedDate;
    NextToken = page.NextToken;
  } while (NextToken);
  return undefined;
}

const limits = (name: string): Setting<readonly Limit[]> => ({
  name,
  expected: 'arn=days with commas between them, for example arn:…:secret:ums/prod/secret-key-AbCdEf=90',
  read: (value) => {
    const found = value.split(',').map((each) => /^(arn:[^=]+)=(\d{1,3})$/.exec(each));
    return found.every((each) => each !== null)
      ? found.map((each) => ({ arn: each?.[1] as string, days: Number(each?.[2]) }))
      : undefined;
  },
});

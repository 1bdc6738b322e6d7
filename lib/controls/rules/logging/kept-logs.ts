import { type Guard, guard, pointsAt, satisfies } from '../../expect';

/** Days that production keeps a log (row L03). */
const PRODUCTION_DAYS = 30;

/** Guards that log groups of certain names are kept, under a key of the environment, and outlive a production stack. */
export function keptLogs(name: RegExp): Guard {
  const retained = (...policies: readonly string[]) =>
    satisfies(
      `${policies.join(' or ')} in production`,
      (value, _resource, view) => view.tier !== 'production' || policies.includes(String(value)),
    );
  return guard(
    'AWS::Logs::LogGroup',
    {
      RetentionInDays: satisfies(
        `${PRODUCTION_DAYS} days in production, a day elsewhere, at least`,
        (value, _resource, view) => {
          return Number(value ?? 0) >= (view.tier === 'production' ? PRODUCTION_DAYS : 1);
        },
      ),
      KmsKeyId: pointsAt('AWS::KMS::Key'),
      '^DeletionPolicy': retained('Retain', 'RetainExceptOnCreate'),
      '^UpdateReplacePolicy': retained('Retain'),
    },
    (group, view) => name.test(view.text(group.properties.LogGroupName)),
  );
}

import { hasSecretFormat, looksGenerated, namesSecret } from '../mistakes/secret-looking';
import type { Environment } from '../schema';
import type { Check, Refusal } from './check';

const EXPECTED = 'no secret in plain text: name it under app.secrets and store its value in the secret store';

/** A secret in this file would be in the repository, in the template and in every log of a deployment (row K01). */
export const plainSecrets: Check = ({ app, processes }) => [
  ...Object.entries(app.variables)
    .filter(([name, value]) => (namesSecret(name) && value !== '') || hasSecretFormat(value) || looksGenerated(value))
    .map(([name]) => ({
      path: ['app', 'variables', name],
      expected: EXPECTED,
      example: { secrets: [{ name, purpose: 'Whose key it is and what it opens' }] },
    })),
  ...words(app.migrate, ['app', 'migrate']),
  ...commands(processes.workers, 'workers'),
  ...commands(processes.scheduled, 'scheduled'),
];

function commands(
  all: Environment['processes']['workers'] | Environment['processes']['scheduled'],
  kind: string,
): readonly Refusal[] {
  return all.flatMap(({ command }, index) => words(command, ['processes', kind, index, 'command']));
}

const words = (command: readonly string[], at: Refusal['path']): readonly Refusal[] =>
  command.flatMap((word, index) =>
    hasSecretFormat(word) || looksGenerated(word)
      ? [{ path: [...at, index], expected: `${EXPECTED}; the command reads it from its variable`, example: 'flask' }]
      : [],
  );

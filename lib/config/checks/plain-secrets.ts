import { eachOf } from '../mistakes/guarded';
import { hasSecretFormat, looksGenerated, namesSecret } from '../mistakes/secret-looking';
import type { Check, Refusal } from './check';

const EXPECTED = 'no secret in plain text: name it under app.secrets and store its value in the secret store';

/** A secret in this file would be in the repository, in the template and in every log of a deployment (row K01). */
export const plainSecrets: Check = ({ app, processes }) => [
  ...eachOf(Object.keys(app.variables), (name) =>
    isSecret(name, app.variables[name] ?? '')
      ? [
          {
            path: ['app', 'variables', name],
            expected: EXPECTED,
            example: { secrets: [{ name, purpose: 'Whose key it is and what it opens' }] },
          },
        ]
      : [],
  ),
  ...words(app.migrate, ['app', 'migrate']),
  ...eachOf(processes.workers, ({ command }, index) => words(command, ['processes', 'workers', index, 'command'])),
  ...eachOf(processes.scheduled, ({ command }, index) => words(command, ['processes', 'scheduled', index, 'command'])),
];

const isSecret = (name: string, value: string): boolean =>
  value !== '' && (namesSecret(name) || hasSecretFormat(value) || looksGenerated(value));

const words = (command: readonly string[], at: Refusal['path']): readonly Refusal[] =>
  eachOf(command, (word, index) =>
    hasSecretFormat(word) || looksGenerated(word)
      ? [{ path: [...at, index], expected: `${EXPECTED}; the command reads it from its variable`, example: 'flask' }]
      : [],
  );

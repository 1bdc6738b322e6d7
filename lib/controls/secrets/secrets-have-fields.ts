import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import { containersOf, sampleContainer, sampleTask, TASK_DEFINITION } from '../rules/compute/containers';
import { asList, asObject, type EnvironmentView, type JsonObject, type Resource } from '../view';

const SECRET = 'AWS::SecretsManager::Secret';
/** What ECS reads: the secret, and in it a field; version and stage left to be the current ones. */
const READ = /^\$\{[^}]+\}:([^:]+)::$/;

/** Fields of a generated secret; nothing where somebody else fills it. */
function fieldsOf(secret: Resource, environment: EnvironmentView): readonly string[] | undefined {
  const { GenerateSecretString: generate } = secret.properties;
  if (generate === undefined) return undefined;
  const { GenerateStringKey: key, SecretStringTemplate: template } = asObject(generate);
  const named = environment.text(template).matchAll(/"(\w+)":/g);
  return [String(key), ...[...named].map(([, name]) => String(name))];
}

const secret = (GenerateStringKey: string, SecretStringTemplate: string) => ({
  Type: SECRET,
  Properties: { GenerateSecretString: { GenerateStringKey, SecretStringTemplate } },
});
const reading = (ValueFrom: JsonObject, changes: JsonObject = {}) => ({
  Login: secret('password', '{"username":"app_a"}'),
  Keyring: secret('current', '{"version":1,"fallbacks":[]}'),
  Foreign: { Type: SECRET },
  Task: sampleTask([sampleContainer('app', { Secrets: [{ Name: 'PGPASSWORD', ValueFrom }], ...changes })]),
});
const field = (Ref: string, path: string) => ({ 'Fn::Join': ['', [{ Ref }, path]] });

export const control: RuleControl = {
  id: 'secrets-have-fields',
  title: 'What a task reads from a secret is a field of that secret, in its current version',
  holds: ['K01/enforce'],
  tiers: everyTier,
  why: 'A field that is not there stops the next start; an earlier version is one that was taken back.',
  remedy: 'Hand the secret and its field from ApplicationSecrets to the task.',
  protects: [{ type: TASK_DEFINITION, properties: ['ContainerDefinitions.Secrets.ValueFrom'] }],
  check: (environment) =>
    containersOf(environment).flatMap(({ task, body, location }) =>
      asList(body.Secrets).flatMap((each, index): Finding[] => {
        const { ValueFrom: from } = asObject(each);
        const named = environment.targets(from, task).find(({ type }) => type === SECRET);
        const fields = named && fieldsOf(named, environment);
        const [, read] = READ.exec(environment.text(from)) ?? [];
        if (!fields || (read !== undefined && fields.includes(read))) return [];
        return [
          {
            resource: task,
            location: `${location}.Secrets.${index}.ValueFrom`,
            found: environment.text(from),
            expected: `a field of ${named.path}: ${fields.join(', ')}`,
          },
        ];
      }),
    ),
  fixtures: {
    pass: [
      fixture('a password', reading(field('Login', ':password::'))),
      fixture('a key', reading(field('Keyring', ':current::'))),
      fixture('what somebody else fills, whole', reading({ Ref: 'Foreign' })),
    ],
    refuse: [
      fixture('a password of a keyring', reading(field('Keyring', ':password::'))),
      fixture('a key of a login', reading(field('Login', ':current::'))),
      fixture('the earlier version', reading(field('Login', ':password:AWSPREVIOUS:'))),
      fixture('the whole document', reading({ Ref: 'Login' })),
    ],
  },
};

import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import { guards, somewhere } from '../expect';
import { asList, asObject, type EnvironmentView, type Json, type JsonObject, type Resource } from '../view';

const SECRET = 'AWS::SecretsManager::Secret';
const TASK = 'AWS::ECS::TaskDefinition';
/** Variable, and the end of the name of the one secret that may fill it. */
const KEYS = { SECRET_KEY: '/secret-key', JWT_SECRET_KEY: '/jwt-secret-key' } as const;

const nameOf = (secret: Resource | undefined, view: EnvironmentView): string =>
  secret?.type === SECRET ? view.text(secret.properties.Name) : '';

function faults(task: Resource, view: EnvironmentView): Finding[] {
  return asList(task.properties.ContainerDefinitions).flatMap((container, index) =>
    asList(asObject(container).Secrets).flatMap((entry): Finding[] => {
      const { Name, ValueFrom } = asObject(entry);
      const wanted = KEYS[Name as keyof typeof KEYS];
      if (wanted === undefined) return [];
      const [source] = view.targets(ValueFrom, task);
      return nameOf(source, view).endsWith(wanted)
        ? []
        : [
            {
              resource: task,
              location: `Properties.ContainerDefinitions.${index}.Secrets`,
              found: `${String(Name)} from ${shown(ValueFrom)}`,
              expected: `the secret …${wanted}`,
            },
          ];
    }),
  );
}

const keyring = (name: string) => ({ Type: SECRET, Properties: { Name: `ums/prod${name}` } });
const environment = (jwt: Json = { Ref: 'Jwt' }, secrets: JsonObject = {}) => ({
  Session: keyring(KEYS.SECRET_KEY),
  Jwt: keyring(KEYS.JWT_SECRET_KEY),
  Task: {
    Type: TASK,
    Properties: {
      ContainerDefinitions: [
        {
          Secrets: [
            { Name: 'SECRET_KEY', ValueFrom: { Ref: 'Session' } },
            { Name: 'JWT_SECRET_KEY', ValueFrom: jwt },
          ],
        },
      ],
    },
  },
  ...secrets,
});
const { Jwt: _jwt, ...withoutJwt } = environment();

export const control: RuleControl = {
  id: 'jwt-key-apart',
  title: 'Sessions and JSON web tokens are signed by different keys',
  holds: ['K10/enforce'],
  tiers: everyTier,
  why: 'With one key for both, whoever gets a token signed can forge a session, and neither key can be rotated alone.',
  remedy: 'Fill SECRET_KEY from secrets.secretKey and JWT_SECRET_KEY from secrets.jwtSecretKey.',
  ...guards(
    ...Object.values(KEYS).map((end) =>
      somewhere(SECRET, `a secret …${end}`, (secret, view) => nameOf(secret, view).endsWith(end)),
    ),
    { protects: [], check: (view) => view.ofType(TASK).flatMap((each) => faults(each, view)) },
  ),
  // Two secrets of many, and one list of many: no type or path names them.
  protects: [],
  fixtures: {
    pass: [fixture('apart', environment())],
    refuse: [fixture('one for both', environment({ Ref: 'Session' })), fixture('no such secret', withoutJwt)],
  },
};

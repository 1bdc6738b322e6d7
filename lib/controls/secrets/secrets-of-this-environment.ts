import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import { asList, asObject, type EnvironmentView, type Json, type Resource } from '../view';

const SECRET = 'AWS::SecretsManager::Secret';
const TASK = 'AWS::ECS::TaskDefinition';

/** Secrets whose names could belong to another environment, or to two things in this one. */
function misnamed(view: EnvironmentView): Finding[] {
  const environment = view.name.split('/').at(-1);
  const names = view.ofType(SECRET).map((secret) => view.text(secret.properties.Name));
  return view.ofType(SECRET).flatMap((resource, index): Finding[] => {
    const name = names[index] as string;
    const [application, second, ...rest] = name.split('/');
    const isOwn = Boolean(application) && second === environment && rest.length > 0;
    return isOwn && names.indexOf(name) === index
      ? []
      : [
          {
            resource,
            location: 'Properties.Name',
            found: shown(resource.properties.Name),
            expected: `<application>/${environment}/…, once`,
          },
        ];
  });
}

/** What a task takes from anywhere but the secrets of this environment. */
function foreign(task: Resource, view: EnvironmentView): Finding[] {
  return asList(task.properties.ContainerDefinitions).flatMap((container, index) =>
    asList(asObject(container).Secrets).flatMap((entry, position): Finding[] => {
      const from = asObject(entry).ValueFrom as Json;
      const sources = view.targets(from, task);
      return sources.length === 1 && sources[0]?.type === SECRET
        ? []
        : [
            {
              resource: task,
              location: `Properties.ContainerDefinitions.${index}.Secrets.${position}`,
              found: `${String(asObject(entry).Name)} from ${shown(from)}`,
              expected: 'a secret of this environment',
            },
          ];
    }),
  );
}

const secret = (Name: Json) => ({ Type: SECRET, Properties: { Name } });
const task = (ValueFrom: Json) => ({
  Type: TASK,
  Properties: { ContainerDefinitions: [{ Secrets: [{ Name: 'SECRET_KEY', ValueFrom }] }] },
});

export const control: RuleControl = {
  id: 'secrets-of-this-environment',
  title: 'Each environment has secrets of its own, and its tasks take no others',
  holds: ['K02/enforce'],
  tiers: everyTier,
  why: 'A key that staging shares opens production to everybody who may look into staging.',
  remedy: 'Make the secret in this environment with ApplicationSecret, which names it after the environment.',
  protects: [],
  check: (view) => [...misnamed(view), ...view.ofType(TASK).flatMap((each) => foreign(each, view))],
  fixtures: {
    pass: [
      fixture('its own', {
        Secret: secret('ums/fixture/secret-key'),
        Task: task({ 'Fn::Join': ['', [{ Ref: 'Secret' }, ':current::']] }),
      }),
    ],
    refuse: [
      fixture("another environment's name", { Secret: secret('ums/staging/secret-key') }),
      fixture('no name', { Secret: { Type: SECRET } }),
      fixture('one name twice', { A: secret('ums/fixture/a'), B: secret('ums/fixture/a') }),
      fixture("another environment's value", {
        Task: task('arn:aws:secretsmanager:us-east-1:123456789012:secret:ums/staging/secret-key'),
      }),
      fixture('a plain parameter', { Parameter: { Type: 'AWS::SSM::Parameter' }, Task: task({ Ref: 'Parameter' }) }),
    ],
  },
};

import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import { literalSecret } from '../rules/secret-shapes';
import { asObject, EnvironmentView, type Json, type JsonObject, type Resource, type Template } from '../view';

/**
 * Where a template may make CloudFormation fetch a secret: the service keeps it and shows it to nobody. A task's or a
 * function's environment shows it to everybody who may describe it.
 */
const FETCHED_BY: Readonly<Record<string, RegExp>> = {
  'AWS::ElastiCache::User': /^Properties\.(AuthenticationMode\.)?Passwords\.\d+$/,
  // One secret that starts as another: secrets-generated says which.
  'AWS::SecretsManager::Secret': /^Properties\.SecretString$/,
};
const DYNAMIC = /\{\{resolve:(secretsmanager|ssm-secure):/;

/** Visits every value that is text, joins put together; a name and value pair is visited as one. */
function texts(value: Json, location: string, name: string, view: EnvironmentView): readonly Text[] {
  if (typeof value === 'string' || typeof value === 'number') return [{ location, name, text: String(value) }];
  if (typeof value !== 'object' || value === null) return [];
  const node = asObject(value);
  const keys = Object.keys(node);
  if (keys.length === 1 && /^(Ref|Fn::(GetAtt|Join|Sub|ImportValue|GetStackOutput))$/.test(keys[0] as string))
    return [{ location, name, text: view.text(value) }];
  if (typeof node.Name === 'string' && node.Value !== undefined)
    return texts(node.Value as Json, `${location}.Value`, node.Name, view);
  return Object.entries(value as JsonObject).flatMap(([key, child]) =>
    texts(child, `${location}.${key}`, Array.isArray(value) ? name : key, view),
  );
}

interface Text {
  readonly location: string;
  /** Property, variable or output that holds it. */
  readonly name: string;
  readonly text: string;
}

const expected = 'a reference to a secret, injected when the task starts';

type Fault = Omit<Finding, 'resource'>;
const known = new WeakMap<JsonObject, readonly Fault[]>();

/** Kept for the same properties, because most of an environment is judged again unchanged. */
function faults(resource: Resource, view: EnvironmentView): Finding[] {
  const found = known.get(resource.properties) ?? faultsOf(resource, view);
  known.set(resource.properties, found);
  return found.map((fault) => ({ resource, ...fault }));
}

function faultsOf(resource: Resource, view: EnvironmentView): readonly Fault[] {
  return texts(resource.properties, 'Properties', '', view).flatMap(({ location, name, text }): Fault[] => {
    if (DYNAMIC.test(text))
      return FETCHED_BY[resource.type]?.test(location)
        ? []
        : [{ location, found: 'a secret fetched into a place where it can be read', expected }];
    const shape = literalSecret(name, text);
    return shape ? [{ location, found: shape, expected }] : [];
  });
}

const knownSections = new WeakMap<Template, readonly Fault[]>();

/** Outputs and parameters of every stack; the finding stands on the stack's first resource. */
function sectionFaults(view: EnvironmentView): Finding[] {
  return Object.entries(view.templates).flatMap(([stack, template]) => {
    const found = knownSections.get(template) ?? sectionFaultsOf(template, view);
    knownSections.set(template, found);
    const anchor = found.length > 0 && view.resources.find((resource) => resource.stack === stack);
    return anchor ? found.map((fault) => ({ resource: anchor, ...fault })) : [];
  });
}

function sectionFaultsOf(template: Template, view: EnvironmentView): readonly Fault[] {
  const outputs = Object.entries(template.Outputs ?? {}).map(([name, { Value }]) => ['Outputs', name, Value] as const);
  const defaults = Object.entries(template.Parameters ?? {}).flatMap(([name, { Default }]) =>
    Default === undefined ? [] : [['Parameters', name, Default] as const],
  );
  return [...outputs, ...defaults].flatMap(([section, name, value]) =>
    texts(value, `${section}.${name}`, name, view).flatMap((each): readonly Fault[] => {
      const found = DYNAMIC.test(each.text) ? 'a fetched secret' : literalSecret(each.name, each.text);
      return found ? [{ location: each.location, found, expected: 'no secret' }] : [];
    }),
  );
}

const container = (entry: JsonObject) => ({
  Task: { Type: 'AWS::ECS::TaskDefinition', Properties: { ContainerDefinitions: [{ Environment: [entry] }] } },
});
const lambda = (Variables: JsonObject) => ({
  Function: { Type: 'AWS::Lambda::Function', Properties: { Environment: { Variables } } },
});
/** Put together here, so that no scanner of repositories takes it for a leak. */
const accessKey = ['AKIA', 'IOSFODNN7', 'EXAMPLE'].join('');
const fetched = '{{resolve:secretsmanager:ums/prod/cache:SecretString:password::}}';

export const control: RuleControl = {
  id: 'no-plain-secret',
  title: 'No secret stands in a template, a plain environment variable, a parameter or an output',
  holds: ['K01/enforce'],
  tiers: everyTier,
  why: 'Templates are kept in the repository, in the pipeline and in CloudFormation for ever; environment variables show in every description of a task.',
  remedy: 'Name the variable under app.secrets, and put its value into Secrets Manager.',
  protects: [],
  check: (view) => [...view.resources.flatMap((resource) => faults(resource, view)), ...sectionFaults(view)],
  fixtures: {
    pass: [
      fixture('plain settings', container({ Name: 'LOG_LEVEL', Value: 'INFO' })),
      fixture(
        'settings about secrets',
        lambda({ PASSWORD_MIN_LENGTH: '12', TOKEN_SECONDS: '3600', SECRET_ARN: { Ref: 'S' } }),
      ),
      fixture('injected at start', {
        Task: {
          Type: 'AWS::ECS::TaskDefinition',
          Properties: {
            ContainerDefinitions: [
              { Secrets: [{ Name: 'PGPASSWORD', ValueFrom: { 'Fn::Join': ['', [{ Ref: 'S' }, ':password::']] } }] },
            ],
          },
        },
      }),
      fixture('fetched by the cache for its user', {
        User: {
          Type: 'AWS::ElastiCache::User',
          Properties: { AuthenticationMode: { Type: 'password', Passwords: [fetched] } },
        },
      }),
    ],
    refuse: [
      {
        name: 'an output',
        environment: new EnvironmentView('fixture', 'production', {
          stack: { Resources: { T: { Type: 'AWS::SNS::Topic' } }, Outputs: { Login: { Value: fetched } } },
        }),
      },
      {
        name: 'the default of a parameter',
        environment: new EnvironmentView('fixture', 'production', {
          stack: {
            Resources: { T: { Type: 'AWS::SNS::Topic' } },
            Parameters: { DB_PASSWORD: { Default: 'hunter22' } },
          },
        }),
      },
      fixture('a password of a task', container({ Name: 'PGPASSWORD', Value: 'hunter2hunter2' })),
      fixture('a key put together', container({ Name: 'SECRET_KEY', Value: { 'Fn::Join': ['', ['abc', 'def']] } })),
      fixture('a token of a function', lambda({ GITHUB_TOKEN: 'abcdef123456' })),
      fixture('a random value under a harmless name', lambda({ SETTING: 'f3Zk9QpL2xV7tB1nM8cR4wY6' })),
      fixture('an access key anywhere', { Note: { Type: 'AWS::SSM::Parameter', Properties: { Value: accessKey } } }),
      fixture('an address with a password', container({ Name: 'DATABASE', Value: 'postgresql://app:pa55word@db/app' })),
      fixture('a password of the database', {
        Db: { Type: 'AWS::RDS::DBInstance', Properties: { MasterUserPassword: 'x' } },
      }),
      fixture("a secret's value", {
        S: { Type: 'AWS::SecretsManager::Secret', Properties: { SecretString: '{"password":"x"}' } },
      }),
      fixture('a value inside its template', {
        S: {
          Type: 'AWS::SecretsManager::Secret',
          Properties: { GenerateSecretString: { SecretStringTemplate: '{"password":"x"}' } },
        },
      }),
      fixture('an argument', {
        Task: {
          Type: 'AWS::ECS::TaskDefinition',
          Properties: { ContainerDefinitions: [{ Command: ['serve', '--api-key=abcd1234'] }] },
        },
      }),
      fixture('fetched into a variable', container({ Name: 'CACHE', Value: fetched })),
    ],
  },
};

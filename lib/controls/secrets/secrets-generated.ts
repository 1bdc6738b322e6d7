import { each, everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import { copiesAppLogin, roleOfProxyLogin, sampleProxyLogin } from '../rules/database/proxy-logins';
import { asObject, type EnvironmentView, type JsonObject, type Resource } from '../view';

const TYPE = 'AWS::SecretsManager::Secret';
/** Row K03. */
const LEAST_CHARACTERS = 32;
/** Secrets that other companies make: a made-up value would only hide that the real one is missing. */
const EXTERNAL = /^[\w-]+\/[\w-]+\/external\//;

/** What the generator must be told; a list of all that weakens or spoils the value. */
const wanted: Readonly<Record<string, readonly [(value: unknown) => boolean, string]>> = {
  PasswordLength: [(value) => Number(value) >= LEAST_CHARACTERS, `${LEAST_CHARACTERS} or more`],
  ExcludePunctuation: [(value) => String(value) === 'true', 'true: no character that a URL would read'],
  IncludeSpace: [(value) => String(value) === 'false', 'false'],
  RequireEachIncludedType: [(value) => String(value) === 'true', 'true'],
  ExcludeUppercase: [(value) => value === undefined || String(value) === 'false', 'false or nothing'],
  ExcludeLowercase: [(value) => value === undefined || String(value) === 'false', 'false or nothing'],
  ExcludeNumbers: [(value) => value === undefined || String(value) === 'false', 'false or nothing'],
  ExcludeCharacters: [(value) => value === undefined, 'nothing'],
  GenerateStringKey: [
    (value) => value === 'password' || value === 'current',
    'password of a login, current of a keyring',
  ],
};

function faults(secret: Resource, view: EnvironmentView): Omit<Finding, 'resource'>[] {
  const { properties } = secret;
  const found: Omit<Finding, 'resource'>[] = [];
  if (roleOfProxyLogin(secret, view) !== undefined) {
    return properties.GenerateSecretString === undefined && copiesAppLogin(secret, view)
      ? []
      : [
          {
            location: 'Properties.SecretString',
            found: shown(view.text(properties.SecretString ?? '')),
            expected: 'its role, and the password fetched from the secret database/app',
          },
        ];
  }
  if (properties.SecretString !== undefined)
    found.push({ location: 'Properties.SecretString', found: 'a value', expected: 'nothing: values are generated' });
  const generate = properties.GenerateSecretString;
  if (EXTERNAL.test(String(properties.Name))) {
    if (generate !== undefined)
      found.push({
        location: 'Properties.GenerateSecretString',
        found: 'a made-up value',
        expected: 'nothing: a person puts it there',
      });
    return found;
  }
  if (generate === undefined)
    return [...found, { location: 'Properties.GenerateSecretString', found: 'nothing', expected: 'a generated value' }];
  for (const [field, [holds, expected]] of Object.entries(wanted)) {
    const value = asObject(generate)[field];
    if (!holds(value))
      found.push({ location: `Properties.GenerateSecretString.${field}`, found: shown(value), expected });
  }
  const template = view.text(asObject(generate).SecretStringTemplate);
  const isKeyring = asObject(generate).GenerateStringKey === 'current';
  // Nothing that the configuration can change: CloudFormation would draw a new value, and the database knows the old one.
  if (!(isKeyring ? /^\{"version":\d+,"fallbacks":\[\]\}$/ : /^\{"username":"[a-z_]+"\}$/).test(template)) {
    const location = 'Properties.GenerateSecretString.SecretStringTemplate';
    const expected = isKeyring ? 'version and no fallbacks' : 'the user name and nothing else';
    found.push({ location, found: shown(template), expected });
  }
  return found;
}

const generated = {
  PasswordLength: 48,
  ExcludePunctuation: true,
  IncludeSpace: false,
  RequireEachIncludedType: true,
  GenerateStringKey: 'password',
  SecretStringTemplate: '{"username":"app_a"}',
};
const secret = (changed: JsonObject, Name = 'ums/prod/database/app') => ({
  Secret: { Type: TYPE, Properties: { Name, GenerateSecretString: { ...generated, ...changed } } },
});
const bare = (Name: string, properties: JsonObject = {}) => ({
  Secret: { Type: TYPE, Properties: { Name, ...properties } },
});

const login = secret({}).Secret;

export const control: RuleControl = {
  id: 'secrets-generated',
  title:
    'Every secret of the kit is random, 32 characters or more, of letters and digits; those of others are left empty',
  holds: ['K03/enforce', 'D04/enforce'],
  tiers: everyTier,
  why: 'A short or chosen secret is guessed; a symbol in a password breaks the first URL that it is put into; a made-up key of another company starts an application that can not work.',
  remedy: 'Make secrets with ApplicationSecret and its generate property.',
  protects: [
    {
      type: TYPE,
      properties: [
        'PasswordLength',
        'ExcludePunctuation',
        'IncludeSpace',
        'RequireEachIncludedType',
        'GenerateStringKey',
        'SecretStringTemplate',
      ].map((field) => `GenerateSecretString.${field}`),
    },
    { type: TYPE, properties: ['SecretString'] },
  ],
  check: each(TYPE, faults),
  fixtures: {
    pass: [
      fixture('generated', secret({})),
      fixture("another company's", bare('ums/prod/external/stripe-key')),
      fixture('a login of the proxy', { App: login, Login: sampleProxyLogin('b') }),
    ],
    refuse: [
      fixture('short', secret({ PasswordLength: 16 })),
      fixture('with symbols', secret({ ExcludePunctuation: false })),
      fixture('with spaces', secret({ IncludeSpace: true })),
      fixture('digits only', secret({ ExcludeUppercase: true, ExcludeLowercase: true })),
      fixture('characters taken out', secret({ ExcludeCharacters: 'abcdef' })),
      fixture(
        'a keyring that has fallbacks already',
        secret({ GenerateStringKey: 'current', SecretStringTemplate: '{"version":1,"fallbacks":["x"]}' }),
      ),
      fixture('no document', secret({ SecretStringTemplate: 'text' })),
      fixture('the place of the database', secret({ SecretStringTemplate: '{"host":"db","username":"app_a"}' })),
      fixture('a login of the proxy of another role', { App: login, Login: sampleProxyLogin('b', 'app_a') }),
      fixture('a login of the proxy from elsewhere', {
        App: bare('ums/prod/cache').Secret,
        Login: sampleProxyLogin('a'),
      }),
      fixture('a login of the proxy of its own', { App: login, ...secret({}, 'ums/prod/database/proxy/app-a') }),
      fixture('not generated', bare('ums/prod/secret-key')),
      fixture('written out', bare('ums/prod/secret-key', { SecretString: 'x' })),
      fixture("another company's, made up", secret({}, 'ums/prod/external/stripe-key')),
    ],
  },
};

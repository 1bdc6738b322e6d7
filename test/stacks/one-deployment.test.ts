import { App, type Stage } from 'aws-cdk-lib';
import { ConfigurationError } from '../../lib/config/parse';
import type { Environment } from '../../lib/config/schema';
import type { Template } from '../../lib/controls/view';
import { EnvironmentStage } from '../../lib/stacks/environment-stage';
import { accepted, prodWith } from '../support/configuration';

type Changes = Readonly<Record<string, unknown>>;
type Templates = Readonly<Record<string, Template>>;

/** An environment with everything that a file can ask for. */
const everything: Changes = {
  'app.mail': { host: 'smtp.example.com', from: 'ums@example.com' },
  'app.secrets': [
    { name: 'SENTRY_DSN', purpose: 'Sentry: sends error reports' },
    { name: 'PARTNER_TOKEN', purpose: 'Partner portal: calls its API' },
  ],
  'app.staticFiles': [
    { path: '/static/', folder: '/app/static' },
    { path: '/media/', folder: '/app/media' },
  ],
  'app.variables': { LOG_FORMAT: 'json' },
  'app.contentSecurityPolicy': { 'img-src': ['data:'] },
  'processes.workers': [{ name: 'jobs', command: ['flask', 'work'], connections: 1 }],
  'processes.scheduled': [{ name: 'nightly', command: ['flask', 'report'], schedule: 'rate(6 hours)', connections: 1 }],
  'database.instanceClass': 't4g.large',
  'database.proxy': true,
  cache: { enabled: true, replicas: 1 },
  network: { egress: 'nat-per-zone', zones: 3 },
  'reviews.recipients': ['audit@example.com'],
};

/** What is not taken away but made otherwise. */
const switches: Readonly<Record<string, Changes>> = {
  'one gateway': { 'network.egress': 'nat' },
  'no way out': { 'network.egress': 'none', 'app.mail': undefined },
  'no cache': { cache: { enabled: false, reason: 'Sessions are kept in cookies' } },
  'a cache without standby': { 'cache.replicas': 0 },
  'no database proxy': { 'database.proxy': false },
  'one database instance': { 'database.multiAz': { enabled: false, reason: 'It may wait for a restore' } },
  'another engine': { 'database.version': '18.3' },
  'a certificate of its own': {
    domain: {
      name: 'ums.example.com',
      certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-4000-8000-000000000002',
    },
  },
  'copies that follow the load': { 'app.copies': { min: 2, max: 4 } },
  'a fixed number of copies': { 'app.copies': { min: 2, max: 2 } },
  'large bodies': {
    'limits.bodyKiB': 5120,
    'limits.bodyInspection': { enabled: false, reason: 'Users upload documents' },
  },
  'other paths': { 'app.health': { path: '/up', liveness: '/up/live', readiness: '/up/ready' }, 'app.port': 9000 },
  'longer logs': { 'logs.auditDays': 800, 'logs.flowDays': 400 },
  'two zones': { 'network.zones': 2 },
};

const { context } = require('../../cdk.json') as { context: Record<string, unknown> };

function render(environment: Environment): Templates {
  const app = new App({ analyticsReporting: false, builtinCloudFormationValidation: false, context });
  const stage: Stage = new EnvironmentStage(app, environment);
  const { stacksRecursively: stacks } = stage.synth({ skipValidation: true });
  return Object.fromEntries(stacks.map(({ stackName, template }) => [stackName, template as Template]));
}

/** Each single thing that the parser lets an operator take out of a file, by its path. */
function takenAway(changes: Changes): Readonly<Record<string, Environment>> {
  const file = prodWith(changes);
  const paths = pathsIn(file).filter((path) => path.length <= 3);
  return Object.fromEntries(
    paths.flatMap((path): [string, Environment][] => {
      try {
        return [[`without ${path.join('.')}`, accepted(without(file, path))]];
      } catch (error) {
        if (error instanceof ConfigurationError) return [];
        throw error;
      }
    }),
  );
}

function pathsIn(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [[...path, key], ...pathsIn(inner, [...path, key])]);
}

function without(value: unknown, [key = '', ...rest]: readonly string[]): unknown {
  const entries = Object.entries(value as object).flatMap(([name, inner]): [string, unknown][] => {
    if (name !== key) return [[name, inner]];
    return rest.length === 0 ? [] : [[name, without(inner, rest)]];
  });
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}

const importsIn = (template: Template): ReadonlySet<string> =>
  new Set(Array.from(JSON.stringify(template).matchAll(/"Fn::ImportValue":"([^"]+)"/g), ([, name]) => name as string));

const exportsOf = (templates: Templates): ReadonlyMap<string, string> =>
  new Map(
    Object.values(templates).flatMap(({ Outputs = {} }) =>
      Object.values(Outputs).flatMap(({ Export, Value }): [string, string][] =>
        Export ? [[String(Export.Name), JSON.stringify(Value)]] : [],
      ),
    ),
  );

/**
 * Exports that CloudFormation would not let go: gone or another value afterwards, while a stack that was deployed
 * before, and is updated later than the one that exports, still imports them.
 */
function heldFast(before: Templates, after: Templates): readonly string[] {
  const afterwards = exportsOf(after);
  const imported = new Set(Object.values(before).flatMap((template) => [...importsIn(template)]));
  return [...exportsOf(before)]
    .filter(([name, value]) => imported.has(name) && afterwards.get(name) !== value)
    .map(([name]) => name);
}

/** Whether a change takes something away that copies need until they are replaced. */
const takesFromCopies = (before: Environment, after: Environment): boolean =>
  after.network.zones < before.network.zones || (before.database.proxy && !after.database.proxy);

/** What stacks would read, were those of `after` deployed where those that they lean on are still as in `before`. */
function unreadable(before: Templates, after: Templates): readonly string[] {
  const exported = exportsOf(before);
  return Object.entries(after).flatMap(([stack, template]) => [
    ...[...importsIn(template)].filter((name) => !exported.has(name)),
    ...namesIn(template)
      .filter(({ StackName, OutputName }) => before[StackName]?.Outputs?.[OutputName] === undefined)
      .map(({ OutputName }) => `${stack} reads ${OutputName}`),
  ]);
}

/** Every reference by the names of stack and output. */
const namesIn = (template: Template): readonly { StackName: string; OutputName: string }[] =>
  Array.from(JSON.stringify(template).matchAll(/"Fn::GetStackOutput":(\{[^{}]*\})/g), ([, json]) =>
    JSON.parse(json as string),
  );

/** Each output that is read by the names of stack and output, as the resource that it means. */
function readByName(templates: Templates): readonly string[] {
  const means = Object.values(templates)
    .flatMap(namesIn)
    .map(({ StackName, OutputName }) => {
      const { Resources = {}, Outputs = {} } = templates[StackName] ?? {};
      const value = Outputs[OutputName]?.Value as { Ref?: string; 'Fn::GetAtt'?: readonly string[] };
      return Resources[String(value.Ref ?? value['Fn::GetAtt']?.[0])]?.Type ?? `nothing: ${StackName} ${OutputName}`;
    });
  return [...new Set(means)].sort();
}

/** A file, and what it becomes. */
interface Rendered {
  readonly environment: Environment;
  readonly templates: Templates;
}

/** The same environment is rendered once, whatever was done to its file. */
function renderEach(environments: Readonly<Record<string, Environment>>): Readonly<Record<string, Rendered>> {
  const known = new Set<string>();
  return Object.fromEntries(
    Object.entries(environments).flatMap(([name, environment]): [string, Rendered][] => {
      const text = JSON.stringify(environment);
      if (known.has(text)) return [];
      known.add(text);
      return [[name, { environment, templates: render(environment) }]];
    }),
  );
}

describe.each([
  ['production', {}],
  // No standby, Spot capacity, one copy.
  ['development', { tier: 'development', name: 'dev' }],
])('a change of the file, in %s,', (tier, asTier) => {
  const base: Changes = { ...everything, ...asTier };
  let rendered: Readonly<Record<string, Rendered>>;
  const templatesOf = (name: string): Templates => rendered[name]?.templates ?? {};
  beforeAll(() => {
    const switched = Object.entries(switches).map(([name, changes]) => [name, prodWith({ ...base, ...changes })]);
    rendered = renderEach({
      everything: accepted(prodWith(base)),
      ...Object.fromEntries(switched.map(([name, file]) => [name, accepted(file)])),
      ...(tier === 'production' && takenAway(base)),
    });
  });

  it('takes one deployment, from any file to any other', () => {
    const held = Object.entries(rendered).flatMap(([from, before]) =>
      Object.entries(rendered)
        .filter(([, after]) => !takesFromCopies(before.environment, after.environment))
        .flatMap(([to, after]) =>
          heldFast(before.templates, after.templates).map((name) => `${from} → ${to}: ${name}`),
        ),
    );
    expect(held).toEqual([]);
  });

  it.each(['two zones', 'no database proxy'])(
    'to %s, which copies need until they are replaced, can begin with those who read',
    (name) => {
      expect(unreadable(templatesOf('everything'), templatesOf(name))).toEqual([]);
    },
  );

  it('that takes away a zone is refused while anything stands in it, and one that adds a zone is not', () => {
    const [three, two] = [templatesOf('everything'), templatesOf('two zones')];
    const held = heldFast(three, two).map((name) => /(public|private|isolated)Subnet3/i.exec(name)?.[1]?.toLowerCase());
    expect(held.sort()).toEqual(['isolated', 'private', 'public']);
    expect(heldFast(two, three)).toEqual([]);
  });

  it('finds by name only what is never replaced in place', () => {
    const found = Object.values(rendered).flatMap(({ templates }) => readByName(templates));
    expect([...new Set(found)].sort()).toEqual([
      'AWS::EC2::EIP',
      'AWS::ElastiCache::ReplicationGroup',
      'AWS::SecretsManager::Secret',
    ]);
  });
});

describe('what would be held fast', () => {
  const producer = (Outputs: Template['Outputs']): Template => ({ Outputs });
  const one = { Value: { Ref: 'One' }, Export: { Name: 'a:One' } };
  const reader: Template = { Resources: { R: { Type: 'X', Properties: { Of: { 'Fn::ImportValue': 'a:One' } } } } };
  const before = { a: producer({ One: one }), b: reader };

  it('is an export that goes, or becomes another value, before its reader is updated', () => {
    expect(heldFast(before, { a: producer({}), b: {} })).toEqual(['a:One']);
    expect(heldFast(before, { a: producer({ One: { ...one, Value: { Ref: 'Two' } } }), b: reader })).toEqual(['a:One']);
  });

  it('is none that nobody reads, or that stays', () => {
    expect(heldFast({ a: before.a, b: {} }, { a: producer({}), b: {} })).toEqual([]);
    expect(heldFast(before, { a: before.a, b: {} })).toEqual([]);
  });
});

import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import {
  asList,
  asObject,
  EnvironmentView,
  type Json,
  type JsonObject,
  type Resource,
  type TemplateResource,
} from '../view';

/** Attributes of a resource that say nothing about whether and how it comes to be. */
const ATTRIBUTES = new Set(['DeletionPolicy', 'DependsOn', 'Metadata', 'Properties', 'Type', 'UpdateReplacePolicy']);
/** Sections that hold values, or words about them. */
const SECTIONS = new Set([
  'AWSTemplateFormatVersion',
  'Description',
  'Metadata',
  'Outputs',
  'Parameters',
  'Resources',
  'Rules',
]);
/** Parameters that the kit asks for: the bootstrap's version, and what runs (row P11). */
const PARAMETERS = new Set(['BootstrapVersion', 'Release']);
/** Where `cdk bootstrap` says its version. */
const BOOTSTRAP_VERSION = /^\/cdk-bootstrap\/[a-z0-9]+\/version$/;
const BOOTSTRAP_TYPE = 'AWS::SSM::Parameter::Value<String>';
/** Functions by which CloudFormation decides at deploy time what a reviewer, and every control, thinks is decided. */
const DECIDED_LATER = ['Fn::If', 'Fn::Transform', 'Fn::FindInMap', 'Condition', 'Fn::ForEach'];

const bucket = (changes: Readonly<Record<string, unknown>>): { Bucket: TemplateResource } => ({
  Bucket: { Type: 'AWS::S3::Bucket', Properties: { VersioningConfiguration: { Status: 'Enabled' } }, ...changes },
});
const bootstrap = { Type: BOOTSTRAP_TYPE, Default: '/cdk-bootstrap/hnb659fds/version' };
const withSection = (name: string, value: JsonObject) => ({
  name: `a section ${name}`,
  environment: new EnvironmentView('fixture', 'production', { stack: { Resources: bucket({}), [name]: value } }),
});

export const control: RuleControl = {
  id: 'plain-templates',
  title: 'What a template says is what will be: nothing is decided while it is deployed',
  holds: ['P11/enforce'],
  tiers: everyTier,
  why: 'A condition, a macro or a value that stands for nothing hides from review, and from every control, what is deployed.',
  remedy: 'Decide in the configuration: the same commit gives the same templates.',
  protects: [],
  check: (environment) => [
    ...environment.resources.flatMap((resource) => [
      ...attributesOf(resource, environment),
      ...laterIn(resource).map((fault) => ({ resource, ...fault })),
    ]),
    ...sectionFaults(environment),
  ],
  fixtures: {
    pass: [
      fixture('plain', bucket({ DependsOn: ['Policy'], DeletionPolicy: 'Retain' })),
      withSection('Parameters', { Release: { Type: 'String', Default: '' } }),
    ].map((each) => ({ ...each, name: `passes: ${each.name}` })),
    refuse: [
      fixture('only under a condition', bucket({ Condition: 'Never' })),
      fixture('a way to be updated of its own', bucket({ UpdatePolicy: {} })),
      fixture(
        'one value or another',
        bucket({ Properties: { AccessControl: { 'Fn::If': ['A', 'Private', 'PublicRead'] } } }),
      ),
      fixture('a value that stands for nothing', bucket({ Properties: { BucketEncryption: { Ref: 'AWS::NoValue' } } })),
      fixture(
        'a text in two halves',
        bucket({ Properties: { AccessControl: { 'Fn::Join': ['', ['Public', 'Read']] } } }),
      ),
      fixture(
        'a text among others',
        bucket({ Properties: { AccessControl: { 'Fn::Select': ['0', ['PublicRead', 'Private']] } } }),
      ),
      fixture(
        'a text behind a name',
        bucket({ Properties: { AccessControl: { 'Fn::Sub': ['${a}', { a: 'PublicRead' }] } } }),
      ),
      withSection('Conditions', { Never: { 'Fn::Equals': ['a', 'b'] } }),
      withSection('Transform', { Name: 'AWS::Include' }),
      withSection('Parameters', { BootstrapVersion: { Type: 'String', Default: '/else/where' } }),
      withSection('Parameters', { BootstrapVersion: { ...bootstrap, Type: 'String' } }),
      withSection('Parameters', { BootstrapVersion: bootstrap }),
      withSection('Parameters', { Encrypted: { Type: 'String', Default: 'false' } }),
    ],
  },
};

function attributesOf(resource: Resource, environment: EnvironmentView): Finding[] {
  const raw = environment.templates[resource.stack]?.Resources?.[resource.logicalId] ?? {};
  return Object.keys(raw)
    .filter((name) => !ATTRIBUTES.has(name))
    .map((name) => ({ resource, location: name, found: name, expected: 'nothing' }));
}

type Fault = Omit<Finding, 'resource'>;
const known = new WeakMap<JsonObject, readonly Fault[]>();

/** Kept for the same properties, because most of an environment is judged again unchanged. */
function laterIn({ properties }: Resource): readonly Fault[] {
  const found = known.get(properties) ?? find(properties, 'Properties');
  known.set(properties, found);
  return found;
}

function find(value: Json, location: string): readonly Fault[] {
  if (typeof value !== 'object' || value === null) return [];
  const keys = Object.keys(value);
  const [only] = keys;
  const fault = (found: string): Fault[] => [{ location, found, expected: 'the value itself, or a reference to it' }];
  if (keys.length === 1 && asObject(value).Ref === 'AWS::NoValue') return fault('AWS::NoValue');
  // A statement has a Condition too, beside other things.
  if (keys.length === 1 && only !== undefined && DECIDED_LATER.includes(only)) return fault(only);
  if (keys.length === 1 && only !== undefined && isDisguised(only, asObject(value)[only])) return fault(only);
  return Object.entries(value).flatMap(([key, child]) => find(child as Json, `${location}.${key}`));
}

/** A function of nothing but texts is a text that a search doesn't find. */
function isDisguised(name: string, argument: Json | undefined): boolean {
  const [first, second] = asList(argument);
  const isPlain = (value: Json | undefined): boolean => typeof value !== 'object' || value === null;
  switch (name) {
    case 'Fn::Join':
    case 'Fn::Select':
      return Array.isArray(second) && second.every(isPlain);
    case 'Fn::Sub':
      return !/\$\{[^!]/.test(String(first)) || Object.values(asObject(second)).some(isPlain);
    default:
      return false;
  }
}

/** The finding stands on the first resource of the stack: a section has no place of its own. */
function sectionFaults(environment: EnvironmentView): Finding[] {
  return Object.entries(environment.templates).flatMap(([stack, template]) => {
    const resource = environment.resources.find((each) => each.stack === stack);
    if (!resource) return [];
    const sections = Object.keys(template).filter((name) => !SECTIONS.has(name));
    const parameters = Object.keys(template.Parameters ?? {}).filter((name) => !PARAMETERS.has(name));
    const version = template.Parameters?.BootstrapVersion;
    const isOurs =
      version === undefined || (BOOTSTRAP_VERSION.test(String(version.Default)) && version.Type === BOOTSTRAP_TYPE);
    const checked = version === undefined || Object.keys(asObject(template.Rules)).join() === 'CheckBootstrapVersion';
    return [
      ...(isOurs
        ? []
        : [
            {
              resource,
              location: 'Parameters.BootstrapVersion',
              found: shown(version),
              expected: 'the parameter that cdk bootstrap writes',
            },
          ]),
      ...(checked
        ? []
        : [
            {
              resource,
              location: 'Rules',
              found: 'no check of the bootstrap stack, or another rule beside it',
              expected: 'CheckBootstrapVersion alone',
            },
          ]),
      ...sections.map((name) => ({ resource, location: name, found: `a section ${name}`, expected: 'none' })),
      ...parameters.map((name) => ({
        resource,
        location: `Parameters.${name}`,
        found: `a parameter ${name}`,
        expected: [...PARAMETERS].join(' or '),
      })),
    ];
  });
}

import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import { asList, type Json, type JsonObject, type Resource } from '../view';

/** The field that names an entry, as tags and attributes have it, and as dimensions and variables have it. */
const NAMES = ['Key', 'Name'] as const;

const bucket = (Tags: readonly JsonObject[]) => ({ Bucket: { Type: 'AWS::S3::Bucket', Properties: { Tags } } });
const tag = (Key: string, Value: string) => ({ Key, Value });

export const control: RuleControl = {
  id: 'keys-once',
  title: 'In a list of named values each name stands once',
  holds: ['C15/enforce'],
  tiers: everyTier,
  why: 'Of two values with one name AWS takes one, and a reader of the template sees the other.',
  remedy: 'Take the second value out.',
  protects: [],
  check: (environment) =>
    environment.resources.flatMap((resource) =>
      repeatedIn(resource).map(
        ({ location, key }): Finding => ({ resource, location, found: `${key} twice`, expected: 'each name once' }),
      ),
    ),
  fixtures: {
    pass: [
      fixture('two tags', bucket([tag('one', '1'), tag('two', '1')])),
      fixture('a list of words', { Role: { Type: 'AWS::IAM::Role', Properties: { ManagedPolicyArns: ['a', 'a'] } } }),
    ],
    refuse: [
      fixture('a tag twice', bucket([tag('one', '1'), tag('two', '1'), tag('one', '2')])),
      fixture('an attribute twice', {
        Balancer: {
          Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
          Properties: {
            LoadBalancerAttributes: [
              tag('deletion_protection.enabled', 'true'),
              tag('deletion_protection.enabled', 'false'),
            ],
          },
        },
      }),
      fixture('a variable twice', {
        Task: {
          Type: 'AWS::ECS::TaskDefinition',
          Properties: {
            ContainerDefinitions: [
              {
                Environment: [
                  { Name: 'A', Value: '1' },
                  { Name: 'A', Value: '2' },
                ],
              },
            ],
          },
        },
      }),
    ],
  },
};

interface Repeated {
  readonly location: string;
  readonly key: string;
}

const known = new WeakMap<JsonObject, readonly Repeated[]>();

/** Kept for the same properties, because most of an environment is judged again unchanged. */
function repeatedIn({ properties }: Resource): readonly Repeated[] {
  const found = known.get(properties) ?? repeated(properties, 'Properties');
  known.set(properties, found);
  return found;
}

/** Every list below a value whose entries share a name. */
function repeated(value: Json | undefined, location: string): readonly Repeated[] {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.entries(value).flatMap(([name, each]) => repeated(each as Json, `${location}.${name}`));
  return Array.isArray(value) ? [...twice(asList(value), location), ...below] : below;
}

function twice(entries: readonly Json[], location: string): readonly Repeated[] {
  const names = entries.flatMap((entry) => {
    const fields = typeof entry === 'object' && entry !== null ? (entry as JsonObject) : {};
    const name = NAMES.find((each) => typeof fields[each] === 'string');
    return name ? [String(fields[name])] : [];
  });
  return names.filter((name, index) => names.indexOf(name) < index).map((key) => ({ location, key }));
}

import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import { asList, asObject, type EnvironmentView, type Json, type JsonObject, type Resource } from '../view';

const bucket = { Type: 'AWS::S3::Bucket' };
const topicOf = (value: Json) => ({
  Topic: { Type: 'AWS::SNS::TopicPolicy', Properties: { PolicyDocument: {}, Topics: [value] } },
});

/** Types of which every resource is referred to by another, so that none can be taken away unnoticed. */
const REFERRED_TO = [
  'AWS::CertificateManager::Certificate',
  'AWS::EC2::EIP',
  'AWS::EC2::InternetGateway',
  'AWS::EC2::NatGateway',
  'AWS::EC2::RouteTable',
  'AWS::EC2::Subnet',
  'AWS::EC2::VPC',
  'AWS::ECS::Cluster',
  'AWS::ElasticLoadBalancingV2::LoadBalancer',
  'AWS::ElasticLoadBalancingV2::TargetGroup',
  'AWS::Events::Rule',
  'AWS::IAM::Role',
  'AWS::KMS::Key',
  'AWS::Lambda::Function',
  'AWS::S3::Bucket',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
] as const;

export const control: RuleControl = {
  id: 'references-resolve',
  title: 'What one part of an environment refers to stands in the environment',
  holds: ['D14/enforce'],
  tiers: everyTier,
  why: 'A part that others lean on has been taken away: at best the deployment fails half way, at worst they run without it.',
  remedy: 'Put the missing resource back, or take away what refers to it as well.',
  protects: REFERRED_TO.map((type) => ({ type, properties: [] })),
  check: (environment) => {
    const exported = exportedNames(environment);
    const stands = (stack: string, name: string): boolean =>
      environment.templates[stack]?.Resources?.[name] !== undefined ||
      environment.templates[stack]?.Parameters?.[name] !== undefined;
    return environment.resources.flatMap((resource) => [
      ...referencesOf(resource)
        .filter(({ name, imported }) => !(imported ? exported.has(name) : stands(resource.stack, name)))
        .map(({ name, location }) => ({
          resource,
          location,
          found: `a reference to ${name}, which does not exist`,
          expected: 'references to what stands in this environment',
        })),
      ...missingDependencies(resource, environment),
    ]);
  },
  fixtures: {
    pass: [
      fixture('a reference, an attribute and a pseudo parameter', {
        Bucket: bucket,
        ...topicOf({ 'Fn::Join': ['', [{ Ref: 'AWS::Partition' }, { 'Fn::GetAtt': ['Bucket', 'Arn'] }]] }),
      }),
    ],
    refuse: [
      fixture('a reference to nothing', topicOf({ Ref: 'Bucket' })),
      fixture(
        'an attribute of nothing, inside a join',
        topicOf({ 'Fn::Join': ['', [{ 'Fn::GetAtt': ['B', 'Arn'] }]] }),
      ),
      fixture('an import that no stack exports', topicOf({ 'Fn::ImportValue': 'foundation:Key' })),
      fixture('a substitution of nothing', topicOf({ 'Fn::Sub': '${Bucket.Arn}/*' })),
      fixture('a dependency on nothing', { Bucket: { ...bucket, DependsOn: ['Policy'] } }),
    ],
  },
};

function exportedNames(environment: EnvironmentView): ReadonlySet<string> {
  return new Set(
    Object.values(environment.templates).flatMap((template) =>
      Object.values(template.Outputs ?? {}).map((output) => String(output.Export?.Name)),
    ),
  );
}

/** A name that something refers to, and where. */
interface Reference {
  readonly name: string;
  readonly location: string;
  readonly imported: boolean;
}

const known = new WeakMap<JsonObject, readonly Reference[]>();

/** Every reference in a resource's properties. Kept, because most of an environment is judged again unchanged. */
function referencesOf(resource: Resource): readonly Reference[] {
  const found = known.get(resource.properties) ?? referencesIn(resource.properties, 'Properties');
  known.set(resource.properties, found);
  return found;
}

function referencesIn(value: Json, location: string): readonly Reference[] {
  if (typeof value !== 'object' || value === null) return [];
  return [
    ...ownReferences(asObject(value), location),
    ...Object.entries(value).flatMap(([key, child]) => referencesIn(child as Json, `${location}.${key}`)),
  ];
}

/** What a single function refers to. */
function ownReferences(node: JsonObject, location: string): readonly Reference[] {
  const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::ImportValue': name, 'Fn::Sub': substitution } = node;
  const names: string[] = [];
  if (typeof ref === 'string') names.push(ref);
  if (attribute !== undefined) names.push(String(asList(attribute)[0]).split('.')[0] as string);
  if (substitution !== undefined) {
    const [text, variables] = asList(substitution);
    const given = asObject(variables);
    for (const [, id] of String(text).matchAll(/\$\{([A-Za-z0-9:]+)[.}]/g)) if (id && !(id in given)) names.push(id);
  }
  return [
    ...names.filter((each) => !each.startsWith('AWS::')).map((each) => ({ name: each, location, imported: false })),
    ...(typeof name === 'string' ? [{ name, location, imported: true }] : []),
  ];
}

function missingDependencies(resource: Resource, environment: EnvironmentView): Finding[] {
  const { Resources = {} } = environment.templates[resource.stack] ?? {};
  return asList(Resources[resource.logicalId]?.DependsOn as Json | undefined)
    .filter((id) => Resources[String(id)] === undefined)
    .map((id) => ({
      resource,
      location: 'DependsOn',
      found: `a dependency on ${String(id)}, which does not exist`,
      expected: 'dependencies on resources of the same stack',
    }));
}

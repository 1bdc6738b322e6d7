import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import {
  asList,
  asObject,
  EnvironmentView,
  isImport,
  type Json,
  type JsonObject,
  type Resource,
  type TemplateResource,
} from '../view';

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

/**
 * What another stack may read by name: what the environment's file can take away, so long as it is the same resource for
 * as long as it stands. Nothing tells the reader of such a reference that the value became another, and nothing keeps
 * the resource while it is read. A name of our own does the first, since CloudFormation can't make a second resource of
 * that name; an address has nothing that could be changed. All else is exported: CloudFormation then refuses to replace
 * or delete it while it is imported.
 */
const READ_BY_NAME: Readonly<Record<string, (properties: JsonObject) => boolean>> = {
  'AWS::EC2::EIP': ({ Domain: _domain, Tags: _tags, ...others }) => Object.keys(others).length === 0,
  'AWS::ElastiCache::ReplicationGroup': ({ ReplicationGroupId: name }) => typeof name === 'string',
  'AWS::SecretsManager::Secret': ({ Name: name }) => /^[^/]+\/[^/]+\/(external\/[^/]+|cache)$/.test(String(name)),
};

const place = { name: 'ums-prod-data', region: 'us-east-1' };
const secret = { Type: 'AWS::SecretsManager::Secret', Properties: { Name: 'ums/prod/external/mail' } };
/** A stack that reads an output of the stack `data` by name. */
const byName = (name: string, changes: JsonObject = {}, of: TemplateResource = secret) => {
  const reference = { StackName: place.name, OutputName: 'Mail', Region: place.region, ...changes };
  const templates = {
    data: { Resources: { Of: of }, Outputs: { Mail: { Value: { Ref: 'Of' } } } },
    service: { Resources: topicOf({ 'Fn::GetStackOutput': reference }) },
  };
  const placeOf = (stack: string) => (stack === 'data' ? place : { ...place, name: 'ums-prod-service' });
  return { name, environment: new EnvironmentView('prod', 'production', templates, { placeOf }) };
};

export const control: RuleControl = {
  id: 'references-resolve',
  title: 'What one part of an environment refers to stands in the environment, and stays while it is referred to',
  holds: ['D14/enforce'],
  tiers: everyTier,
  why: 'A part that others lean on has been taken away: at best the deployment fails half way, at worst they run without it.',
  remedy: 'Put the missing resource back, or take away what refers to it as well.',
  protects: REFERRED_TO.map((type) => ({ type, properties: [] })),
  check: (environment) => {
    const stands = (stack: string, name: string): boolean =>
      environment.templates[stack]?.Resources?.[name] !== undefined ||
      environment.templates[stack]?.Parameters?.[name] !== undefined;
    return environment.resources.flatMap((resource) => [
      ...referencesOf(resource)
        .filter(({ name, imported }) => !(imported ? environment.imported(imported) : stands(resource.stack, name)))
        .map(({ name, location }) => ({
          resource,
          location,
          found: `a reference to ${name}, which does not exist`,
          expected: 'references to what stands in this environment',
        })),
      ...looseReferences(resource, environment),
      ...missingDependencies(resource, environment),
    ]);
  },
  fixtures: {
    pass: [
      fixture('a reference, an attribute and a pseudo parameter', {
        Bucket: bucket,
        ...topicOf({ 'Fn::Join': ['', [{ Ref: 'AWS::Partition' }, { 'Fn::GetAtt': ['Bucket', 'Arn'] }]] }),
      }),
      byName('a secret of another stack, by the name of the output'),
    ],
    refuse: [
      fixture('a reference to nothing', topicOf({ Ref: 'Bucket' })),
      fixture(
        'an attribute of nothing, inside a join',
        topicOf({ 'Fn::Join': ['', [{ 'Fn::GetAtt': ['B', 'Arn'] }]] }),
      ),
      fixture('an import that no stack exports', topicOf({ 'Fn::ImportValue': 'foundation:Key' })),
      fixture('an import by a name that is put together', topicOf({ 'Fn::ImportValue': { 'Fn::Sub': 'a:Key' } })),
      byName('an output that the other stack does not have', { OutputName: 'Login' }),
      byName('a stack of another environment', { StackName: 'ums-staging-data' }),
      byName('a stack of the same name in another region', { Region: 'us-west-2' }),
      byName('a stack wherever it may be', { Region: { Ref: 'AWS::Region' } }),
      byName('a stack of another account', { RoleArn: 'arn:aws:iam::999999999999:role/foreign' }),
      byName('a key, which may be replaced in use', {}, { Type: 'AWS::KMS::Key' }),
      byName('a secret without a name of ours', {}, { Type: 'AWS::SecretsManager::Secret' }),
      byName('a secret that every environment has', {}, { ...secret, Properties: { Name: 'ums/prod/database/app' } }),
      fixture('a substitution of nothing', topicOf({ 'Fn::Sub': '${Bucket.Arn}/*' })),
      fixture('a dependency on nothing', { Bucket: { ...bucket, DependsOn: ['Policy'] } }),
    ],
  },
};

/** A name that something refers to, and where. */
interface Reference {
  readonly name: string;
  readonly location: string;
  /** The whole reference, when it is one to another stack. */
  readonly imported?: JsonObject;
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
  const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::Sub': substitution } = node;
  const names: string[] = [];
  if (typeof ref === 'string') names.push(ref);
  if (attribute !== undefined) names.push(String(asList(attribute)[0]).split('.')[0] as string);
  if (substitution !== undefined) {
    const [text, variables] = asList(substitution);
    const given = asObject(variables);
    for (const [, id] of String(text).matchAll(/\$\{([A-Za-z0-9:]+)[.}]/g)) if (id && !(id in given)) names.push(id);
  }
  return [
    ...names.filter((each) => !each.startsWith('AWS::')).map((name) => ({ name, location })),
    ...(isImport(node) ? [{ name: shown(node), location, imported: node }] : []),
  ];
}

/** References by name to what could be replaced while they stand. */
function looseReferences(resource: Resource, environment: EnvironmentView): Finding[] {
  return referencesOf(resource).flatMap(({ imported, location }): Finding[] => {
    if (imported?.['Fn::GetStackOutput'] === undefined) return [];
    const target = environment.target(imported, resource);
    if (!target || READ_BY_NAME[target.type]?.(target.properties)) return [];
    const found = `a reference by name to ${target.path}, which must not be replaced or deleted while it is used`;
    return [{ resource, location, found, expected: 'an export and its import' }];
  });
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

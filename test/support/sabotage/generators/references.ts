import {
  type EnvironmentView,
  isImport,
  type Json,
  type JsonObject,
  type Resource,
} from '../../../../lib/controls/view';
import type { Edit } from '../sabotage';
import { isIntrinsic, type Mutation, type SiteGenerator } from '../site';

/** Foreign things, by the type of what they stand in for. */
const FOREIGN: Readonly<Record<string, string>> = {
  'AWS::EC2::SecurityGroup': 'sg-0fedcba9876543210',
  'AWS::EC2::Subnet': 'subnet-0fedcba9876543210',
  'AWS::EC2::VPC': 'vpc-0fedcba9876543210',
  'AWS::KMS::Key': 'arn:aws:kms:us-east-1:999999999999:key/00000000-0000-0000-0000-000000000000',
  'AWS::SNS::Topic': 'arn:aws:sns:us-east-1:999999999999:foreign',
  'AWS::IAM::Role': 'arn:aws:iam::999999999999:role/foreign',
  'AWS::S3::Bucket': 'foreign-bucket',
  'AWS::Logs::LogGroup': 'foreign-log-group',
  'AWS::SecretsManager::Secret': 'arn:aws:secretsmanager:us-east-1:999999999999:secret:foreign-AbCdEf',
};

/**
 * References point at another resource of the same type, or at something outside the environment; those by name also at
 * what is called the same elsewhere.
 */
export const references: SiteGenerator = ({ view, resource, value }) => {
  if (!isIntrinsic(value)) return [];
  const target = view.target(value, resource);
  if (!target) return insideText(value, resource, view);
  const others = differing(view.ofType(target.type), target);
  return [
    ...others.map((other): Mutation => ({ kind: 'reference swapped', ...referenceTo(other, resource, value, view) })),
    { kind: 'foreign reference', to: FOREIGN[target.type] ?? `foreign-${target.type.split('::')[2]?.toLowerCase()}` },
    ...elsewhere(value, target, view),
  ];
};

/** The first import inside a text that is put together, led elsewhere. */
function insideText(value: JsonObject, from: Resource, view: EnvironmentView): readonly Mutation[] {
  const text = JSON.stringify(value);
  const [read] = importsIn(value);
  const target = read && view.target(read, from);
  if (!target) return [];
  return elsewhere(read, target, view).map(({ kind, to }) => ({
    kind: `${kind}, inside a text`,
    to: JSON.parse(text.replace(JSON.stringify(read), () => JSON.stringify(to))) as Json,
  }));
}

function importsIn(value: Json): readonly JsonObject[] {
  if (typeof value !== 'object' || value === null) return [];
  return isImport(value) ? [value as JsonObject] : Object.values(value).flatMap((each) => importsIn(each as Json));
}

/** The same output of another environment, of another region, of another account, and none; an import read by name. */
function elsewhere(value: JsonObject, target: Resource, view: EnvironmentView): readonly Mutation[] {
  const imported = view.imported(value);
  const place = imported && view.options.placeOf?.(imported.stack);
  if (!imported || !place) return [];
  const outputs = Object.entries(view.templates[imported.stack]?.Outputs ?? {});
  const OutputName = outputs.find(([, output]) => output.Value === imported.value)?.[0] ?? target.logicalId;
  const here = { StackName: place.name, OutputName, Region: place.region ?? { Ref: 'AWS::Region' } };
  const named = (kind: string, changes: JsonObject): Mutation => ({
    kind,
    to: { 'Fn::GetStackOutput': { ...here, ...changes } },
  });
  return [
    named('output of another environment', { StackName: place.name.replace(view.name, 'foreign') }),
    named('output of another region', { Region: 'sa-east-1' }),
    named('output of another account', { RoleArn: 'arn:aws:iam::999999999999:role/foreign' }),
    named('output that is missing', { OutputName: `${OutputName}Gone` }),
    ...('Fn::ImportValue' in value ? [named('import by name', {})] : []),
  ];
}

/**
 * At most three others: neighbours in the template on either side and one from the far end, so that among subnets
 * of three tiers each other tier is reached.
 */
function differing(all: readonly Resource[], target: Resource): readonly Resource[] {
  const others = all.filter((each) => each !== target);
  if (others.length <= 3) return others;
  const here = all.indexOf(target);
  return [...new Set([others[here % others.length], others[0], others[others.length - 1]])].filter(
    (each): each is Resource => each !== undefined,
  );
}

/** A value for `from` that means `other` in the same words as `like`; an output is added where another stack owns it. */
function referenceTo(other: Resource, from: Resource, like: JsonObject, view: EnvironmentView): Omit<Mutation, 'kind'> {
  const attribute = attributeOf(like, view);
  const direct: Json = attribute ? { 'Fn::GetAtt': [other.logicalId, attribute] } : { Ref: other.logicalId };
  if (other.stack === from.stack) return { to: direct };
  const OutputName = `Sabotage${other.logicalId}${(attribute ?? 'Ref').replace(/\W/g, '')}`;
  const place = view.options.placeOf?.(other.stack);
  if ('Fn::GetStackOutput' in like && place) {
    const edit: Edit = { at: [other.stack, 'Outputs', OutputName], to: { Value: direct } };
    const Region = place.region ?? { Ref: 'AWS::Region' };
    return { to: { 'Fn::GetStackOutput': { StackName: place.name, OutputName, Region } }, also: [edit] };
  }
  const name = `${view.name}-sabotage:${other.logicalId}${attribute ?? 'Ref'}`;
  const edit: Edit = {
    at: [other.stack, 'Outputs', OutputName],
    to: { Value: direct, Export: { Name: name } },
  };
  return { to: { 'Fn::ImportValue': name }, also: [edit] };
}

/** The attribute that a reference asks for; none for `Ref`. */
function attributeOf(value: Json, view: EnvironmentView): string | undefined {
  const attribute = (value as JsonObject)['Fn::GetAtt'];
  if (attribute !== undefined) return String(Array.isArray(attribute) ? attribute.slice(1).join('.') : attribute);
  const imported = view.imported(value);
  return imported && attributeOf(imported.value, view);
}

import { asList, asObject, type EnvironmentView, type Json, type JsonObject, type Resource } from '../view';

/** One statement of a policy, wherever it stands in a template. */
export interface Statement {
  readonly resource: Resource;
  /** Such as `Properties.PolicyDocument.Statement.0`. */
  readonly location: string;
  readonly body: JsonObject;
}

/** Where each kind of resource keeps its policy. */
export const DOCUMENTS: Readonly<Record<string, string>> = {
  'AWS::EC2::VPCEndpoint': 'PolicyDocument',
  'AWS::IAM::ManagedPolicy': 'PolicyDocument',
  'AWS::IAM::Policy': 'PolicyDocument',
  'AWS::IAM::Role': 'AssumeRolePolicyDocument',
  'AWS::KMS::Key': 'KeyPolicy',
  'AWS::S3::BucketPolicy': 'PolicyDocument',
  'AWS::SNS::TopicPolicy': 'PolicyDocument',
  'AWS::SQS::QueuePolicy': 'PolicyDocument',
  'AWS::SecretsManager::ResourcePolicy': 'ResourcePolicy',
};

type Found = readonly { readonly location: string; readonly body: JsonObject }[];
const known = new WeakMap<JsonObject, Found>();

/** Every policy statement of an environment: of roles, keys, buckets, topics, secrets, endpoints. */
export function statementsIn(environment: EnvironmentView): readonly Statement[] {
  return environment.resources.flatMap((resource) => statementsOf(resource));
}

/** Every policy statement in one resource. Kept, because most of an environment is judged again unchanged. */
export function statementsOf(resource: Resource): readonly Statement[] {
  const found = known.get(resource.properties) ?? find(resource.properties, 'Properties');
  known.set(resource.properties, found);
  return found.map((each) => ({ resource, ...each }));
}

function find(value: Json, location: string): Found {
  if (typeof value !== 'object' || value === null) return [];
  if (!Array.isArray(value) && 'Effect' in value) return [{ location, body: asObject(value) }];
  return Object.entries(value).flatMap(([key, child]) => find(child as Json, `${location}.${key}`));
}

export const isAllow = ({ body }: Statement): boolean => body.Effect !== 'Deny';

/** The actions of a statement, as they are written. */
export const actionsOf = ({ body }: Statement): readonly string[] => asList(body.Action).map(String);

/** Whether a statement names an action. IAM knows no case in actions, so neither does this. */
export const namesAction = (statement: Statement, action: string): boolean =>
  actionsOf(statement).some((each) => each.toLowerCase() === action.toLowerCase());

/** Whether IAM takes a text for a pattern: `?` stands for any one character, as `*` for any number of them. */
export const isPattern = (text: string): boolean => /[*?]/.test(text.replaceAll(UNTOLD, ''));

/** What `EnvironmentView.text` writes for a reference that it can't tell. */
const UNTOLD = '${?}';

/** The texts of a statement's principals, by kind; `*` alone is everyone under `AWS`. */
export function principalsOf(
  { body }: Statement,
  environment: EnvironmentView,
): readonly (readonly [string, string])[] {
  if (body.Principal === undefined) return [];
  if (typeof body.Principal === 'string') return [['AWS', body.Principal]];
  return Object.entries(asObject(body.Principal)).flatMap(([kind, values]) =>
    asList(values).map((each) => [kind, environment.text(each)] as const),
  );
}

/** Every statement of what a role may and may not do: of policies inside it, of those on it and those that it names. */
export function policyStatementsOf(role: Resource, environment: EnvironmentView): readonly Statement[] {
  const attached = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy']
    .flatMap((type) => environment.ofType(type))
    .filter((each) => asList(each.properties.Roles).some((target) => environment.target(target, each) === role));
  const named = asList(role.properties.ManagedPolicyArns).flatMap((arn) => environment.target(arn, role) ?? []);
  return [...new Set([role, ...attached, ...named])]
    .flatMap((each) => statementsOf(each))
    .filter((each) => !each.location.includes('AssumeRolePolicyDocument'));
}

/** What a role may do. */
export const grantsOf = (role: Resource, environment: EnvironmentView): readonly Statement[] =>
  policyStatementsOf(role, environment).filter(isAllow);

/** Whether a statement allows an action on a resource of the environment; its conditions are not weighed. */
export const allows = (grant: Statement, action: string, on: Resource, environment: EnvironmentView): boolean =>
  namesAction(grant, action) &&
  asList(grant.body.Resource).some((each) => environment.targets(each, grant.resource).includes(on));

/** Resources of the environment that a call is allowed on; conditions are not weighed. */
export const reach = (
  grants: readonly Statement[],
  action: string,
  environment: EnvironmentView,
): ReadonlySet<Resource> =>
  new Set(
    grants
      .filter((each) => namesAction(each, action))
      .flatMap((each) => environment.targets(each.body.Resource, each.resource)),
  );

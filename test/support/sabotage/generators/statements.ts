import type { Json, JsonObject } from '../../../../lib/controls/view';
import { isStatement, type Mutation, type SiteGenerator } from '../site';

const OWN_ROOT = { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:root' };
/** A thing of this account by name: no reference, so nobody can tell whose it is. */
const NAMED_HERE = { 'Fn::Sub': 'arn:aws:s3:us-east-1:${AWS::AccountId}:named-here/*' };

const listOf = (value: Json | undefined): readonly Json[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value as Json];

/** Grants that look narrow and reach further, or reach nothing: spelling, patterns, names, the other way round. */
export const respelled: SiteGenerator = ({ value }) => {
  if (!isStatement(value) || value.Effect === 'Deny') return [];
  return [...otherCalls(value), ...otherResources(value), ...otherPrincipals(value), ...otherConditions(value)];
};

/** IAM takes `?` and `*` anywhere in a call's name, and knows no case. */
function otherCalls(statement: JsonObject): readonly Mutation[] {
  const actions = listOf(statement.Action).map(String);
  const said = (list: readonly string[]): Json => (Array.isArray(statement.Action) ? list : (list[0] as string));
  return actions.slice(0, 3).flatMap((action): Mutation[] => {
    if (action.endsWith('*')) return [];
    const [service = '', name = ''] = action.split(':');
    const instead = (kind: string, to: string): Mutation => ({
      kind,
      to: { ...statement, Action: said(actions.map((each) => (each === action ? to : each))) },
    });
    const [verb = ''] = /^[A-Z][a-z]+/.exec(name) ?? [];
    return [
      instead('call with ? inside', `${service}:${name.slice(0, 1)}?${name.slice(2)}`),
      ...(verb === '' ? [] : [instead('calls by their verb', `${service}:${verb}*`)]),
      instead('call in lower case', action.toLowerCase()),
      instead('call that does not exist', `${action}s`),
      { kind: 'hidden call beside', to: { ...statement, Action: [...actions, 'iam:P?ssRole'] } },
    ];
  });
}

function otherResources(statement: JsonObject): readonly Mutation[] {
  const { Resource, ...others } = statement;
  if (Resource === undefined || Resource === '*') return [];
  const list = listOf(Resource);
  const [first] = list as [Json];
  return [
    { kind: 'literal resource', to: { ...statement, Resource: NAMED_HERE } },
    { kind: 'literal resource beside', to: { ...statement, Resource: [...list, NAMED_HERE] } },
    { kind: 'pattern after a resource', to: { ...statement, Resource: { 'Fn::Join': ['', [first, '*']] } } },
    { kind: 'NotResource', to: { ...others, NotResource: NAMED_HERE } },
    ...(list.length > 1
      ? list.map((_, gone) => ({
          kind: 'resource dropped',
          to: { ...statement, Resource: list.filter((_each, index) => index !== gone) },
        }))
      : []),
  ];
}

function otherPrincipals(statement: JsonObject): readonly Mutation[] {
  const { Principal, ...others } = statement;
  if (Principal === undefined) return [];
  const { Service, AWS } = (typeof Principal === 'object' && Principal !== null ? Principal : {}) as JsonObject;
  const become = (kind: string, to: Json): Mutation => ({ kind, to: { ...statement, Principal: to } });
  return [
    { kind: 'NotPrincipal', to: { ...others, NotPrincipal: { AWS: OWN_ROOT } } },
    become('the account beside', { ...(Principal as JsonObject), AWS: [...listOf(AWS), OWN_ROOT] }),
    ...(Service === undefined
      ? []
      : [
          become('another service', { Service: 'ec2.amazonaws.com' }),
          become('a service beside', { Service: [...listOf(Service), 'lambda.amazonaws.com'] }),
          { kind: 'a service for anybody', to: withoutCondition({ ...statement }) },
        ]),
  ];
}

function withoutCondition({ Condition: _condition, ...others }: JsonObject): JsonObject {
  return others;
}

/** Conditions that no longer compare, or not with what they should. */
function otherConditions(statement: JsonObject): readonly Mutation[] {
  const condition = statement.Condition as JsonObject | undefined;
  const become = (kind: string, to: JsonObject): Mutation => ({ kind, to: { ...statement, Condition: to } });
  return Object.entries(condition ?? {}).flatMap(([operator, tests]) => {
    const { [operator]: _all, ...others } = condition as JsonObject;
    const keys = Object.entries(tests as JsonObject);
    return [
      become('condition ForAllValues', { ...others, [`ForAllValues:${operator}`]: tests }),
      become('condition IfExists', { ...others, [`${operator}IfExists`]: tests }),
      become('condition Null', { ...others, Null: Object.fromEntries(keys.map(([key]) => [key, 'true'])) }),
      ...keys.flatMap(([key, wanted]): Mutation[] => {
        const { [key]: _one, ...rest } = tests as JsonObject;
        return [
          ...(keys.length > 1 ? [become('condition key dropped', { ...others, [operator]: rest })] : []),
          become('condition value beside', {
            ...others,
            [operator]: { ...(tests as JsonObject), [key]: [...listOf(wanted), '999999999999'] },
          }),
          become('condition on another key', { ...others, [operator]: { ...rest, 'aws:RequestTag/any': wanted } }),
          ...(Array.isArray(wanted) && wanted.length > 1
            ? [
                become('condition value dropped', {
                  ...others,
                  [operator]: { ...(tests as JsonObject), [key]: wanted.slice(1) },
                }),
              ]
            : []),
        ];
      }),
    ];
  });
}

/** Refusals that no longer meet those whom they are for. */
export const refusalsTurned: SiteGenerator = ({ value }) => {
  if (!isStatement(value) || value.Effect !== 'Deny') return [];
  const { Principal, Action, Condition, ...others } = value;
  const tests = Object.entries((Condition ?? {}) as JsonObject);
  return [
    { kind: 'refusal of one', to: { ...value, Principal: { AWS: OWN_ROOT } } },
    { kind: 'refusal NotPrincipal', to: { ...others, Action: Action as Json, NotPrincipal: Principal as Json } },
    { kind: 'refusal NotAction', to: { ...others, Principal: Principal as Json, NotAction: Action as Json } },
    { kind: 'refusal in lower case', to: { ...value, Effect: 'deny' } },
    ...tests.map(([operator, keys]) => ({
      kind: 'refusal under one condition more',
      to: {
        ...value,
        Condition: {
          ...(Condition as JsonObject),
          [operator]: { ...(keys as JsonObject), 'aws:RequestTag/any': 'no' },
        },
      },
    })),
  ];
};

/** A refusal takes away what is needed; a grant on the resource lets the whole account in. */
export const statementsBeside: SiteGenerator = ({ value, key, resource }) => {
  if (key !== 'Statement' || !Array.isArray(value)) return [];
  const granted = (value as readonly Json[]).find((each) => isStatement(each) && each.Effect === 'Allow') as
    | JsonObject
    | undefined;
  const named = (value as readonly Json[]).some((each) => isStatement(each) && 'Principal' in each);
  const calls = granted?.Action ?? '*';
  const everyone: JsonObject = named ? { Principal: '*' } : {};
  const isTrust = resource.type === 'AWS::IAM::Role' && named;
  const on: JsonObject = isTrust ? {} : { Resource: '*' };
  const add = (kind: string, statement: JsonObject): Mutation => ({ kind, to: [...value, statement] });
  return [
    add('right refused', { Effect: 'Deny', Action: calls, ...on, ...everyone }),
    ...(isTrust
      ? []
      : [add('right refused by NotResource', { Effect: 'Deny', Action: '*', NotResource: NAMED_HERE, ...everyone })]),
    ...(named
      ? [add('the account let in', { Effect: 'Allow', Action: calls, ...on, Principal: { AWS: OWN_ROOT } })]
      : []),
  ];
};

import type { Json, JsonObject } from '../../../../lib/controls/view';
import { isStatement, type Mutation, type SiteGenerator } from '../site';

const FOREIGN_ACCOUNT = { AWS: 'arn:aws:iam::999999999999:root' };

/** IAM statements are widened: actions, resources, principals, conditions. */
export const widened: SiteGenerator = ({ value }) => {
  if (!isStatement(value)) return [];
  return value.Effect === 'Deny' ? weakenedRefusal(value) : widenedGrant(value);
};

function widenedGrant(statement: JsonObject): readonly Mutation[] {
  const { Condition, ...unconditional } = statement;
  const { Action, ...withoutAction } = statement;
  const services = [...new Set([Action].flat().map((action) => String(action).split(':')[0]))];
  const mutations: Mutation[] = [
    { kind: 'Action *', to: { ...statement, Action: '*' } },
    ...services.map((service) => ({ kind: 'Action service:*', to: { ...statement, Action: `${service}:*` } })),
    { kind: 'NotAction', to: { ...withoutAction, NotAction: 'iam:CreateUser' } },
  ];
  if (Condition !== undefined) {
    mutations.push({ kind: 'Condition removed', to: unconditional });
    for (const operator of Object.keys(Condition as JsonObject)) {
      const { [operator]: _dropped, ...others } = Condition as JsonObject;
      if (Object.keys(others).length > 0) {
        mutations.push({ kind: 'Condition operator removed', to: { ...statement, Condition: others } });
      }
    }
    mutations.push(...looserConditions(statement, Condition as JsonObject));
  }
  if ('Resource' in statement) mutations.push({ kind: 'Resource *', to: { ...statement, Resource: '*' } });
  if ('Principal' in statement) {
    mutations.push(
      { kind: 'Principal *', to: { ...statement, Principal: '*' } },
      { kind: 'Principal AWS *', to: { ...statement, Principal: { AWS: '*' } } },
      { kind: 'foreign Principal', to: { ...statement, Principal: FOREIGN_ACCOUNT } },
      { kind: 'foreign Principal beside', to: { ...statement, Principal: beside(statement.Principal as Json) } },
    );
  }
  return mutations;
}

/** Each text that a condition compares with becomes a wildcard. */
function looserConditions(statement: JsonObject, condition: JsonObject): readonly Mutation[] {
  return Object.entries(condition).flatMap(([operator, tests]) =>
    Object.keys(tests as JsonObject).map((name) => ({
      kind: 'Condition value *',
      to: {
        ...statement,
        Condition: { ...condition, [operator.replace('Equals', 'Like')]: { ...(tests as JsonObject), [name]: '*' } },
      },
    })),
  );
}

function beside(principal: Json): Json {
  if (typeof principal !== 'object' || principal === null) return FOREIGN_ACCOUNT;
  const { AWS } = principal as JsonObject;
  return {
    ...(principal as JsonObject),
    AWS: AWS === undefined ? FOREIGN_ACCOUNT.AWS : [AWS, FOREIGN_ACCOUNT.AWS].flat(),
  };
}

function weakenedRefusal(statement: JsonObject): readonly Mutation[] {
  const mutations: Mutation[] = [
    { kind: 'Deny to Allow', to: { ...statement, Effect: 'Allow' } },
    { kind: 'Deny of something harmless', to: { ...statement, Action: 'sts:GetCallerIdentity' } },
  ];
  const condition = statement.Condition as JsonObject | undefined;
  for (const [operator, tests] of Object.entries(condition ?? {})) {
    for (const name of Object.keys(tests as JsonObject)) {
      mutations.push({
        kind: 'Deny that never applies',
        to: { ...statement, Condition: { ...condition, [operator]: { ...(tests as JsonObject), [name]: 'never' } } },
      });
    }
  }
  return mutations;
}

/** Statements are added beside the ones that stand: everything allowed, to the role or to everyone. */
export const statementsAdded: SiteGenerator = ({ value, key, resource }) => {
  if (key !== 'Statement' || !Array.isArray(value) || !value.some(isStatement)) return [];
  const everyone = value.some((statement: Json) => 'Principal' in (statement as JsonObject));
  const add = (kind: string, statement: JsonObject): Mutation => ({ kind, to: [...value, statement] });
  if (resource.type === 'AWS::IAM::Role' && everyone) {
    return [
      add('foreign account trusted', { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: FOREIGN_ACCOUNT }),
      add('everyone trusted', { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: '*' } }),
    ];
  }
  const to: JsonObject = everyone ? { Principal: { AWS: '*' } } : {};
  return [
    add('statement *:* added', { Effect: 'Allow', Action: '*', Resource: '*', ...to }),
    ...(everyone
      ? [add('foreign account added', { Effect: 'Allow', Action: '*', Resource: '*', Principal: FOREIGN_ACCOUNT })]
      : [
          add('iam:PassRole added', { Effect: 'Allow', Action: 'iam:PassRole', Resource: '*' }),
          add('secrets added', { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: '*' }),
        ]),
  ];
};

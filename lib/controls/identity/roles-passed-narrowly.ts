import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import { actionsOf, isAllow, statementsIn } from '../rules/statements';
import { asList, asObject, at, type Json, type JsonObject } from '../view';

const PASS = 'iam:passrole';
/** Services to which a role of the environment is handed on. */
const SERVICES = new Set(['ecs-tasks.amazonaws.com', 'backup.amazonaws.com', 'ssm.amazonaws.com', 'rds.amazonaws.com']);

const passing = (statement: JsonObject) => ({
  Task: { Type: 'AWS::IAM::Role' },
  Policy: {
    Type: 'AWS::IAM::ManagedPolicy',
    Properties: {
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: 'iam:PassRole',
            Resource: { 'Fn::GetAtt': ['Task', 'Arn'] },
            Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
            ...statement,
          },
        ],
      },
    },
  },
});

export const control: RuleControl = {
  id: 'roles-passed-narrowly',
  title: 'Who starts something hands on roles of this environment only, to the one service that needs them',
  holds: ['G02/enforce'],
  tiers: everyTier,
  why: 'Who may pass any role to any service has the rights of the strongest role in the account.',
  remedy: 'Name the roles by reference, and the service under iam:PassedToService.',
  protects: [],
  check: (environment) =>
    statementsIn(environment)
      .filter(isAllow)
      .filter((statement) => actionsOf(statement).some((action) => action.toLowerCase() === PASS))
      .flatMap(({ resource, location, body }): Finding[] => {
        const roles = asList(body.Resource);
        const services = asList(
          asObject(at(body.Condition, 'StringEquals'))['iam:PassedToService'] as Json | undefined,
        );
        const named =
          roles.length > 0 && roles.every((each) => environment.target(each, resource)?.type === 'AWS::IAM::Role');
        const bound = services.length > 0 && services.every((each) => SERVICES.has(String(each)));
        if (named && bound) return [];
        const expected = 'roles of this environment by reference, and iam:PassedToService under StringEquals';
        return [{ resource, location, found: shown(body), expected }];
      }),
  fixtures: {
    pass: [fixture('one role to one service', passing({}))],
    refuse: [
      fixture('any role', passing({ Resource: '*' })),
      fixture('a role by name', passing({ Resource: 'arn:aws:iam::111111111111:role/admin' })),
      fixture('to any service', passing({ Condition: {} })),
      fixture(
        'to a service that takes any code',
        passing({ Condition: { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } } }),
      ),
      fixture(
        'to a service if it says so',
        passing({ Condition: { StringEqualsIfExists: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } } }),
      ),
    ],
  },
};

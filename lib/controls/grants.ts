import { namesAction, statementsOf } from './statements';
import { asList, type EnvironmentView, type Resource } from './view';

/** One thing that a role may do. */
export interface Grant {
  /** Whether it allows an action on a resource of the environment; conditions are not weighed. */
  readonly allows: (action: string, on: Resource) => boolean;
}

const POLICIES = ['AWS::IAM::ManagedPolicy', 'AWS::IAM::Policy'] as const;

/** What a role may do by the policies of its environment: attached by the policy, by the role, or written in it. */
export function grantsOf(role: Resource, environment: EnvironmentView): readonly Grant[] {
  const attached = new Set(asList(role.properties.ManagedPolicyArns).map((each) => environment.target(each, role)));
  const policies = POLICIES.flatMap((type) => environment.ofType(type)).filter(
    (policy) =>
      attached.has(policy) || asList(policy.properties.Roles).some((each) => environment.target(each, policy) === role),
  );
  return [...policies, role]
    .flatMap((each) => statementsOf(each))
    .filter(({ body }) => body.Effect === 'Allow' && body.Principal === undefined)
    .map((statement) => ({
      allows: (action, on) =>
        namesAction(statement, action) &&
        asList(statement.body.Resource).some((each) => environment.targets(each, statement.resource).includes(on)),
    }));
}

import type { EnvironmentView, Json, Resource } from '../../../../lib/controls/view';
import { type Edit, same } from '../sabotage';
import { isIntrinsic, type SiteGenerator } from '../site';

/** A property takes the value that a neighbour of the same type has: another class, zone, metric, group, policy. */
export const fromSibling: SiteGenerator = ({ view, resource, path, value }) => {
  if (path.length !== 1) return [];
  const [name] = path as [string];
  // A value of another stack would have references that lead nowhere here.
  const siblings = view
    .ofType(resource.type)
    .filter((each) => each.stack === resource.stack && each !== resource)
    .flatMap((each) => {
      const theirs = each.properties[name];
      return theirs === undefined || same(theirs, value) ? [] : [theirs];
    });
  const [first] = siblings;
  const last = siblings.at(-1);
  return [first, last].flatMap((to) => (to === undefined ? [] : [{ kind: "a sibling's value", to }]));
};

/** All references of a list lead to another tier of subnets, or to the other parts of the same type. */
export const otherTier: SiteGenerator = ({ view, resource, value, path, key }) => {
  if (!Array.isArray(value) || value.length === 0 || path.at(-1) !== key) return [];
  const targets = (value as readonly Json[]).map((each) => view.target(each, resource));
  if (!targets.every((each) => each?.type === 'AWS::EC2::Subnet')) return [];
  return tiersOf(view)
    .filter((tier) => !tier.includes(targets[0] as Resource))
    .map((tier) => {
      const references = tier.map((subnet) => referenceTo(subnet, resource));
      return {
        kind: 'subnets of another tier',
        to: references.map((each) => each.to),
        also: references.flatMap((each) => each.also),
      };
    });
};

/** Subnets by their tier; a construct numbers the subnets of one. */
function tiersOf(view: EnvironmentView): readonly (readonly Resource[])[] {
  const tiers = new Map<string, Resource[]>();
  for (const subnet of view.ofType('AWS::EC2::Subnet')) {
    const tier = subnet.path.replace(/Subnet\d+(?=\/|$)/, 'Subnet');
    tiers.set(tier, [...(tiers.get(tier) ?? []), subnet]);
  }
  return [...tiers.values()];
}

function referenceTo(subnet: Resource, from: Resource): { to: Json; also: readonly Edit[] } {
  if (subnet.stack === from.stack) return { to: { Ref: subnet.logicalId }, also: [] };
  const name = `sabotage:${subnet.stack}:${subnet.logicalId}`;
  return {
    to: { 'Fn::ImportValue': name },
    also: [
      {
        at: [subnet.stack, 'Outputs', `Sabotage${subnet.logicalId}`],
        to: { Value: { Ref: subnet.logicalId }, Export: { Name: name } },
      },
    ],
  };
}

/** A reference becomes the name of something in this account: nobody can tell whose it is. */
export const literal: SiteGenerator = ({ view, resource, value }) => {
  if (!isIntrinsic(value)) return [];
  const target = view.target(value, resource);
  if (!target) return [];
  const service = target.type.split('::')[1]?.toLowerCase();
  const name = { 'Fn::Sub': `arn:aws:${service}:us-east-1:\${AWS::AccountId}:named-here` };
  return [{ kind: 'literal in place of a reference', to: name }];
};

import { fixture, type RuleControl } from '../control';
import { guard, is, satisfies } from '../expect';
import { attributeOf, LOAD_BALANCER } from '../rules/edge/load-balancers';
import { edgeWithAttribute, soundEdge } from '../rules/edge/samples';

const LIST = 'LoadBalancerAttributes';
const KEY = 'deletion_protection.enabled';
const changed = (value: string | undefined) => edgeWithAttribute('Balancer', LIST, KEY, value);

export const control: RuleControl = {
  id: 'load-balancer-undeletable',
  title: 'The load balancer can’t be deleted by accident',
  holds: ['C02/enforce'],
  tiers: ['production'],
  why: 'One wrong click, or a template that replaces it, takes the site off the internet until DNS has forgotten it.',
  remedy: 'Keep deletionProtection in the Edge construct, which is on in production.',
  ...guard(LOAD_BALANCER, {
    [LIST]: satisfies(`${KEY}: true`, (_value, resource) => is(true).holds(attributeOf(resource, LIST, KEY))),
  }),
  fixtures: {
    pass: [fixture('protected', soundEdge)],
    refuse: [fixture('not protected', changed('false')), fixture('nothing said', changed(undefined))],
  },
};

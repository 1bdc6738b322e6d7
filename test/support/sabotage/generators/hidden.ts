import type { Json } from '../../../../lib/controls/view';
import type { Mutation, SiteGenerator } from '../site';
import { flipped, isNumeric, words } from './scalars';

const halves = (text: string): Json => {
  const middle = Math.ceil(text.length / 2);
  return { 'Fn::Join': ['', [text.slice(0, middle), text.slice(middle)]] };
};

/** A weaker value is put together while the stack is deployed, so that it stands nowhere as itself. */
export const hidden: SiteGenerator = (site) => {
  const { value } = site;
  if (typeof value !== 'string' && typeof value !== 'boolean' && typeof value !== 'number') return [];
  const weaker = [...flipped(site), ...words(site).filter(({ kind }) => kind === 'weaker value')]
    .map(({ to }) => to)
    .filter((to): to is string | boolean => typeof to === 'string' || typeof to === 'boolean');
  const values = [...new Set([...weaker.map(String), ...(isNumeric(value) ? ['0'] : [])])];
  const [one] = values;
  const mutations: readonly Mutation[] = [
    ...values.map((to): Mutation => ({ kind: 'weaker value by Fn::Join', to: halves(to) })),
    ...(one === undefined
      ? []
      : [
          { kind: 'weaker value by Fn::Sub', to: { 'Fn::Sub': ['${hidden}', { hidden: one }] } },
          { kind: 'weaker value by Fn::Select', to: { 'Fn::Select': ['0', [one, String(value)]] } },
        ]),
    ...(typeof value === 'string' ? [{ kind: 'value from a parameter', to: '{{resolve:ssm:/sabotaged}}' }] : []),
  ];
  return mutations;
};

import type { Json } from '../../../../lib/controls/view';
import { isIntrinsic, isStatement, type Mutation, type SiteGenerator } from '../site';

/** Properties are removed, one at a time. */
export const removed: SiteGenerator = ({ parent, value, path }) => {
  const index = path[path.length - 1];
  if (typeof index === 'number') {
    // Fewer allowed actions weaken nothing; a missing refusal does.
    if (isStatement(value)) return value.Effect === 'Deny' ? [{ kind: 'refusal removed' }] : [];
    return (parent as readonly Json[]).length > 1 ? [{ kind: 'list item dropped' }] : [];
  }
  return [{ kind: 'property removed' }];
};

/** Lists and objects are emptied. */
export const emptied: SiteGenerator = ({ value }) => {
  if (Array.isArray(value)) return value.length > 0 ? [{ kind: 'list emptied', to: [] }] : [];
  if (typeof value === 'object' && value !== null && !isIntrinsic(value) && !isStatement(value)) {
    return Object.keys(value).length > 0 ? [{ kind: 'object emptied', to: {} }] : [];
  }
  return [];
};

/** Values that stand in the template, and for nothing or for either of two once it is deployed. */
export const undone: SiteGenerator = ({ value, path }) =>
  path.length > 1 || isStatement(value) ? [] : [NOTHING, underCondition(value)];

const NOTHING: Mutation = { kind: 'value to nothing', to: { Ref: 'AWS::NoValue' } };

const underCondition = (value: Json): Mutation => ({
  kind: 'value under a condition',
  to: { 'Fn::If': ['Never', value, { Ref: 'AWS::NoValue' }] },
});

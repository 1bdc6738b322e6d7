import type { Json } from '../../../../lib/controls/view';
import { isIntrinsic, isStatement, type SiteGenerator } from '../site';

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

import { coverage, openParts } from '../../controls/coverage';
import { controls } from '../../controls/find';
import type { Tier } from '../../controls/view';
import type { Checklist } from './print';

/** The checklist as the kit holds it for a tier; what an environment excepts is not held. */
export function checklistFor(tier: Tier, subject: string = tier, excepted?: ReadonlySet<string>): Checklist {
  const options = { tier, excepted };
  return { subject, rows: coverage(controls(), options), open: openParts(controls(), options) };
}

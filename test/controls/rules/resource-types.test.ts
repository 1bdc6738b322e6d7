import { isRule } from '../../../lib/controls/control';
import { controls } from '../../../lib/controls/find';
import { resourceTypes } from '../../../lib/controls/rules/resource-types';

/** Which control guards something of a type beside its tags. */
const guards = new Map<string, string[]>();
for (const control of controls().filter(isRule)) {
  if (control.id === 'tagged') continue;
  for (const { type } of control.protects) guards.set(type, [...(guards.get(type) ?? []), control.id]);
}

/** What has nothing that could be weakened. */
const HARMLESS = new Set(['AWS::Scheduler::ScheduleGroup']);

it.each(Object.keys(resourceTypes).filter((type) => !HARMLESS.has(type)))(
  '%s may stand in an environment because a control guards it',
  (type) => {
    expect(guards.get(type) ?? []).not.toEqual([]);
  },
);

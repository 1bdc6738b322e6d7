import { eachOf } from '../mistakes/guarded';
import type { Check } from './check';

/** Characters that EventBridge allows in a rule's name, the shortest limit of all names that have a process in them. */
const RULE_NAME = 64;

/** Application, environment and command together fit the name of the rule that tells of the command's failures. */
export const nameLengths: Check = ({ app, name, processes }) =>
  eachOf(processes.scheduled, (scheduled, index) => {
    const [before, after] = [`${app.name}-${name}-scheduled-`, '-failed'];
    const left = RULE_NAME - before.length - after.length;
    const total = before.length + scheduled.name.length + after.length;
    return total <= RULE_NAME
      ? []
      : [
          {
            path: ['processes', 'scheduled', index, 'name'],
            expected: `at most ${left} characters, or a shorter app.name: EventBridge takes ${RULE_NAME} for '${before}…${after}'`,
            example: scheduled.name.slice(0, left).replace(/-+$/, ''),
            arithmetic: `${before.length} + ${scheduled.name.length} + ${after.length} = ${total} characters > ${RULE_NAME}`,
          },
        ];
  });

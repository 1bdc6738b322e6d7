import type { Part } from '../../controls/rows';

/** What each part of a row means, for who reads a list of them. */
export const partMeanings: Readonly<Record<Part, string>> = {
  enforce: 'a synthesis that lacks it is refused',
  alarm: 'a person is told, and finds a runbook',
  runbook: 'a rehearsed procedure that runs',
  gate: 'a check before the deployment',
  probe: 'a check of the running endpoint',
  contract: 'a duty of the application itself',
};

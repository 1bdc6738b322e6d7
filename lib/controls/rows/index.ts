import { alarms } from './alarms';
import { application } from './application';
import { compliance } from './compliance';
import { compute } from './compute';
import { database } from './database';
import { edge } from './edge';
import { incident } from './incident';
import { logging } from './logging';
import { pipeline } from './pipeline';
import { reviews } from './reviews';
import { secrets } from './secrets';
import { waf } from './waf';

export type { Part, Row } from './row';

/** Every row of the production checklist, by its stable id. */
export const checklist = {
  ...edge,
  ...waf,
  ...compute,
  ...database,
  ...secrets,
  ...logging,
  ...alarms,
  ...pipeline,
  ...incident,
  ...reviews,
  ...compliance,
  ...application,
};
export type RowId = keyof typeof checklist;
export const rowIds = Object.keys(checklist) as readonly RowId[];

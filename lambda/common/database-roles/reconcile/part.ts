import type { Session } from '../../postgres/session';
import type { Limits, Purpose } from '../model';

export type LimitsByPurpose = Readonly<Record<Purpose, Limits>>;

/**
 * One part of how the roles should be: looks at what is there, and gives the statements that make up the difference. None
 * when there is none, so that a database in order is only read: statements about rights get in the way of migrations that
 * run at the same time.
 */
export type Part = (session: Session, limits: LimitsByPurpose) => Promise<readonly string[]>;

import { guarded } from '../common/log';
import { rotate } from '../common/rotation/rotate';
import { settings, whole } from '../common/settings';
import { applicationKey } from './application-key';
import { env } from './env';

/** A grace longer than the longest time between two rotations (row K05) would never end. */
const LONGEST_GRACE = 365;

/** Rotates a keyring: a new key signs, and the one before is accepted for days of grace. */
export const handler = guarded(async (event: unknown): Promise<void> => {
  const { graceDays } = settings({ graceDays: whole(env.graceDays, 1, LONGEST_GRACE) });
  await rotate(applicationKey({ graceDays }), event);
});

import type { Check } from './check';
import { placeholdersGone } from './placeholders-gone';

/** Every check of one environment against itself. A new check is a new file and a line here. */
export const checks: readonly Check[] = [placeholdersGone];

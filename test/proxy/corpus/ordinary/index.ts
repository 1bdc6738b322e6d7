import type { Ordinary } from '../case';
import { cases as answeredHere } from './answered-here';
import { cases as browsers } from './browsers';
import { cases as clients } from './clients';
import { cases as paths } from './paths';

/** Every ordinary request, by who sends it. */
export const ordinary: Readonly<Record<string, readonly Ordinary[]>> = { browsers, clients, paths, answeredHere };

import { writeFileSync } from 'node:fs';
import { README, readme } from './readme';

writeFileSync(README, readme());

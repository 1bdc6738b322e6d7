import { chownSync, cpSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';

/** The account `nobody`. */
const NOBODY = 65_534;
/** Everybody may enter the folder. */
const ENTERED_BY_ALL = 0o001;

const isRoot = (): boolean => process.getuid?.() === 0;

/** Who runs the server: PostgreSQL refuses to run as root. */
export const identity = (): { uid?: number; gid?: number } => (isRoot() ? { uid: NOBODY, gid: NOBODY } : {});

/** Gives a file or folder to whoever runs the server. */
export function own(path: string): void {
  if (isRoot()) chownSync(path, NOBODY, NOBODY);
}

/** The binaries where whoever runs the server can reach them: root's home is closed to others, so they are copied from there. */
export function reachable(binaries: string, folder: string): string {
  if (!isRoot()) return binaries;
  for (let parent = binaries; parent !== dirname(parent); parent = dirname(parent)) {
    if ((statSync(parent).mode & ENTERED_BY_ALL) !== 0) continue;
    const copy = join(folder, 'binaries');
    cpSync(binaries, copy, { recursive: true, verbatimSymlinks: true });
    return copy;
  }
  return binaries;
}

/** A port of loopback that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

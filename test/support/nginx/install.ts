import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { executable, findNginx, type NginxBinary } from '../../../lib/commands/try/find-nginx';

const PACKAGES = ['nginx', 'openssl'];
/** Another test file may be installing: one folder for all processes of the machine says so. */
const LOCK = join('/tmp', 'breakwater-nginx-install.lock');
const LONGEST = 180_000;

/** nginx for tests: what is there, else Debian's package where this process may install it. */
export async function nginxForTests(): Promise<NginxBinary> {
  if (!there()) await install();
  return findNginx();
}

const there = (): boolean =>
  process.env.BREAKWATER_NGINX !== undefined ||
  (executable('nginx') !== undefined && executable('openssl') !== undefined);

/** Installs once, whoever comes first; others wait. What can't be installed is told by `findNginx`. */
async function install(): Promise<void> {
  const rights = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  if (!existsSync('/usr/bin/apt-get') || (rights.length > 0 && spawnSync('sudo', ['-n', 'true']).status !== 0)) return;
  for (const end = Date.now() + LONGEST; !locked() && Date.now() < end; await sleep(250)) if (there()) return;
  try {
    if (there()) return;
    const apt = (...words: string[]) =>
      // RUNLEVEL keeps Debian's scripts from starting a server of the machine's own.
      spawnSync(rights[0] ?? 'env', [...rights.slice(1), ...(rights[0] ? ['env'] : []), ...APT, ...words], {
        encoding: 'utf8',
        timeout: LONGEST,
      });
    const wanted = ['install', '-y', '--no-install-recommends', ...PACKAGES];
    if (apt(...wanted).status === 0) return;
    apt('update');
    const second = apt(...wanted);
    if (second.status !== 0) throw new Error(`apt-get could not install ${PACKAGES.join(' and ')}: ${second.stderr}`);
  } finally {
    rmSync(LOCK, { recursive: true, force: true });
  }
}

const APT = ['DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1', 'apt-get', '-q', '-o', 'DPkg::Lock::Timeout=120'];

function locked(): boolean {
  try {
    mkdirSync(LOCK);
    return true;
  } catch {
    // Left over by a run that was killed.
    if (existsSync(LOCK) && Date.now() - statSync(LOCK).ctimeMs > LONGEST)
      rmSync(LOCK, { recursive: true, force: true });
    return false;
  }
}

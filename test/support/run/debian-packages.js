const { spawnSync } = require('node:child_process');
const { accessSync, constants, existsSync } = require('node:fs');
const { join } = require('node:path');

/** Programs that tests run for real, each with Debian's package and the variable that names another one. */
const PROGRAMS = [
  { program: 'nginx', package: 'nginx', variable: 'BREAKWATER_NGINX' },
  { program: 'openssl', package: 'openssl' },
  { program: 'python3', package: 'python3', variable: 'BREAKWATER_PYTHON' },
  { program: 'curl', package: 'curl' },
];
const LONGEST = 180_000;
/** RUNLEVEL keeps Debian's scripts from starting a server of the machine's own; another apt-get may be at work. */
const APT = ['env', 'DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1', 'apt-get', '-q', '-o', 'DPkg::Lock::Timeout=120'];

/**
 * Installs what is missing where this process may: as root, or with a sudo that asks nothing. Otherwise the tests that
 * need it fail, and say what to install.
 */
exports.installMissing = () => {
  const packages = PROGRAMS.filter((each) => !isThere(each)).map((each) => each.package);
  const root = process.getuid?.() === 0;
  if (packages.length === 0 || !existsSync('/usr/bin/apt-get')) return;
  if (!root && spawnSync('sudo', ['-n', 'true']).status !== 0) return;
  const apt = (...words) => {
    const [file, ...rest] = [...(root ? [] : ['sudo', '-n']), ...APT, ...words];
    return spawnSync(file, rest, { encoding: 'utf8', timeout: LONGEST });
  };
  const install = () => apt('install', '-y', '--no-install-recommends', ...packages);
  process.stderr.write(`Installing ${packages.join(', ')} …\n`);
  if (install().status === 0) return;
  apt('update');
  const { status, stderr } = install();
  if (status !== 0) process.stderr.write(`apt-get could not install ${packages.join(', ')}: ${stderr}\n`);
};

function isThere({ program, variable }) {
  if (variable && process.env[variable]) return true;
  const folders = [...(process.env.PATH ?? '').split(':').filter(Boolean), '/usr/local/sbin', '/usr/sbin'];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

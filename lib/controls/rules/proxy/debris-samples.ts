/** Extensions of copies that people and editors make. */
const COPIES = [
  ...['bak', 'backup', 'old', 'orig', 'rej', 'sav', 'save', 'tmp', 'temp', 'copy', 'un~'],
  ...[...'abcdefghijklmnop'].map((letter) => `sw${letter}`),
];
/** Extensions of dumps, database files, key material, sources and Terraform's state. */
const DATA = [
  ...['sql', 'dump', 'sqlite', 'sqlite3', 'db', 'mdb', 'rdb', 'pem', 'key', 'p12', 'pfx', 'jks', 'ppk', 'kdbx'],
  ...['py', 'pyc', 'pyo', 'pyd', 'tfstate', 'tfvars'],
];
const PACKED = ['gz', 'bz2', 'xz', 'zst', 'zip', '7z', 'backup'];
const ARCHIVES = ['zip', 'tar', 'tgz', 'tbz', 'tbz2', 'gz', 'bz2', 'xz', 'zst', '7z', 'rar'];
/** A whole site where its root is. */
const SITES = ['site', 'www', 'wwwroot', 'html', 'htdocs', 'source', 'src', 'app', 'web', 'website', 'release', 'old'];
const DUMPS = ['backup', 'backups', 'dump', 'database', 'db'];
const LOGS = ['access', 'error', 'debug', 'app', 'application', 'server', 'django', 'flask', 'gunicorn', 'nginx'];
const SETTINGS = ['config', 'settings', 'secret', 'secrets', 'appsettings'];
const SETTING_TYPES = ['yml', 'yaml', 'json', 'ini', 'toml', 'cfg', 'conf', 'xml', 'php'];
const FOLDERS = ['__pycache__', 'node_modules', 'venv', 'WEB-INF', 'META-INF', 'cdk.out'];

/** Files by their name. */
const FILES = [
  ...['id_rsa', 'id_dsa', 'id_ecdsa', 'id_ed25519', 'Dockerfile', 'Dockerfile.prod', 'docker-compose.yml'],
  ...['docker-compose.prod.yaml', 'compose.yaml', 'Makefile', 'Procfile', 'Vagrantfile', 'Jenkinsfile', 'Pipfile'],
  ...['Pipfile.lock', 'poetry.lock', 'uv.lock', 'pyproject.toml', 'requirements.txt', 'requirements-dev.txt'],
  ...['setup.cfg', 'tox.ini', 'alembic.ini', 'package.json', 'package-lock.json', 'yarn.lock', 'pnpm-lock.yaml'],
  ...['composer.json', 'composer.lock', 'Gemfile', 'Gemfile.lock', 'cdk.json', 'Thumbs.db', 'desktop.ini'],
  ...['web.config', 'wp-config.php', 'wp-config.php.txt', 'sftp-config.json', 'credentials.csv', 'credentials.json'],
  ...['npm-debug.log', ...LOGS.map((name) => `${name}.log`)],
  ...SETTINGS.map((name) => `${name}.yml`),
  ...SETTING_TYPES.map((type) => `settings.${type}`),
];

/** One of each kind, in the spellings by which servers and editors take it for the same. */
const SPELLED = ['/index.html.bak', '/dump.sql', '/site.zip', '/backup.tar', '/Dockerfile', '/error.log'].flatMap(
  (path) => [`${path}.`, `${path} `, `${path}. .`, `${path}/`, `${path}/x`, `${path};a=b`, `${path}.;a=b`, `/a${path}`],
);

/** What people leave behind, and what scanners ask for first. Each is a path as nginx normalised it. */
export const DEBRIS: readonly string[] = [
  ...['/.env', '/.env.production', '/.git', '/.git/HEAD', '/.svn/entries', '/.hg/store', '/.aws/credentials'],
  ...['/.ssh/id_rsa', '/.DS_Store', '/.htpasswd', '/.vscode/sftp.json', '/.well-knownx', '/.wellknown', '/.env;a=b'],
  ...['/app/.env', '/api/.git/HEAD', '/a/b/.env', '/a/.well-known/x', '/.ENV', '/Backup.SQL', '/ID_RSA', '/DOCKERFILE'],
  ...FOLDERS.flatMap((name) => [`/${name}`, `/${name}/x`, `/a/${name};x/y`]),
  ...['entries', 'repository', 'root'].flatMap((name) => [`/CVS/${name}`, `/a/CVS/${name}/x`, `/CVS/${name};x`]),
  ...['/index.html~', '/index.html~.', '/index.html~ ', '/index.html~;a', '/#index.html#', '/a/#x#'],
  ...COPIES.flatMap((extension) => [`/index.html.${extension}`, `/a.${extension}`]),
  ...DATA.flatMap((extension) => [`/x.${extension}`, `/a/x.${extension}.gz`]),
  ...PACKED.map((extension) => `/x.sql.${extension}`),
  ...ARCHIVES.flatMap((extension) => [`/site.${extension}`, `/a/db.${extension}`]),
  ...SITES.flatMap((name) => [`/${name}.zip`, `/${name}-2024.tar.gz`]),
  ...['/site_1.zip', '/site.prod.zip', '/site2.zip'],
  ...DUMPS.flatMap((name) => [`/${name}.zip`, `/a/${name}_1.tar`]),
  ...FILES.flatMap((name) => [`/${name}`, `/a/${name}`, `/${name};x`, `/${name}.`]),
  ...SPELLED.filter((path) => !path.startsWith('/a/site')),
];

/** Look-alikes that people do publish. */
export const PUBLISHED: readonly string[] = [
  ...['/', '/environment', '/git/handbook', '/.well-known', '/.well-known/acme-challenge/token', '/a.env/b'],
  ...['/.well-known/security.txt', '/robots.txt', '/sitemap.xml', '/favicon.ico', '/backup', '/backups/', '/env'],
  ...[
    '/blog/how-to-dump-a-database',
    '/api/users',
    '/~user/',
    '/~user',
    '/a~b',
    '/#a',
    '/a#b#c',
    '/a/#b',
    '/x#y#',
    '/#x#y',
    '/a/..b',
  ],
  ...['/index.html', '/x.bakery', '/x.older', '/x.savers', '/x.swan', '/copy', '/tmp', '/x.copyright', '/a.bak.html'],
  ...['/x.sqlx', '/x.keys', '/x.python', '/key', '/keyboard', '/pem', '/sql', '/db', '/x.pyx', '/a.db.html', '/asql'],
  ...['/x.gz', '/photos.zip', '/my-site.zip', '/a/site.zip', '/downloads/release.zip', '/sitemap.zip', '/mydb.zip'],
  ...['/siteone.zip', '/dbfile.zip', '/site.zipper', '/a/db/photos.zip', '/web/a.zip', '/a-backup.zip'],
  ...['/makefile.html', '/my-makefile', '/dockerfiles', '/package', '/package.jsonx', '/a-package.json', '/mid_rsa'],
  ...['/settings', '/config', '/settings/', '/settings.html', '/mysettings.json', '/config.js', '/error', '/logs'],
  ...['/error.login', '/catalog', '/requirements', '/requirements.html', '/credentials', '/compose', '/composer'],
  ...['/node_modulesx', '/xnode_modules', '/venvs', '/cvs', '/cvs/rooted', '/cdkxout', '/web-infos', '/pipfiles'],
  ...['/a/b.html;x=1', '/a.', '/a /b', '/indexhtml', '/a/index.php'],
];

/**
 * Addresses of what a deployment leaves behind by mistake: never part of an app, and what scanners ask for first
 * (row E12). Each is a part of one regular expression, matched with the address as nginx normalised it, so an encoded,
 * doubled-slash or dot-segment spelling is the same address; and whatever the case.
 */
const PARTS = [
  // Hidden files and folders: .env, .git, .aws, .htaccess, .DS_Store. Only /.well-known/ is meant for the public.
  '^/\\.(?!\\.|well-known(?:/|$))',
  '(?<=.)/\\.(?!\\.)',
  // Folders of tools.
  '/(?:__pycache__|node_modules|venv|web-inf|meta-inf|cdk\\.out|cvs/(?:entries|repository|root))(?:[/;]|$)',
  // Copies and swap files of editors: x~, #x#, x.bak, x.py.old, x.swp.
  '~[. ]*(?:;|$)',
  '/#[^/]*#$',
  '\\.(?:bak|backup|old|orig|rej|sav|save|sw[a-p]|tmp|temp|copy|un~)[. ]*(?:[/;]|$)',
  // Dumps and database files, compressed ones too; key material; Python's sources and bytecode; Terraform's state.
  '\\.(?:sql|dump|sqlite3?|db|mdb|rdb|pem|key|p12|pfx|jks|ppk|kdbx|py[cod]?|tfstate|tfvars)' +
    '(?:\\.(?:gz|bz2|xz|zst|zip|7z|backup))?[. ]*(?:[/;]|$)',
  // Archives of a whole site or database by their usual names: those of a site where its root is, for an app may offer
  // a release or an export somewhere below.
  '(?:^/(?:site|www|wwwroot|html|htdocs|source|src|app|web|website|release|old)|/(?:backups?|dump|database|db))' +
    '(?:[-_.0-9][^/]*)?\\.(?:zip|tar|tgz|tbz2?|gz|bz2|xz|zst|7z|rar)[. ]*(?:[/;]|$)',
  // Files by name: private keys, images, packages, settings, logs.
  '/(?:id_(?:rsa|dsa|ecdsa|ed25519)|dockerfile(?:\\.[^/]*)?|(?:docker-)?compose[^/]*\\.ya?ml|makefile|procfile|vagrantfile' +
    '|jenkinsfile|pipfile(?:\\.lock)?|poetry\\.lock|uv\\.lock|pyproject\\.toml|requirements[^/]*\\.txt|setup\\.cfg|tox\\.ini' +
    '|alembic\\.ini|package(?:-lock)?\\.json|yarn\\.lock|pnpm-lock\\.yaml|composer\\.(?:json|lock)|gemfile(?:\\.lock)?|cdk\\.json' +
    '|thumbs\\.db|desktop\\.ini|web\\.config|wp-config[^/]*|sftp-config\\.json|credentials\\.(?:csv|json)' +
    '|(?:config|settings|secrets?|appsettings)\\.(?:ya?ml|json|ini|toml|cfg|conf|xml|php)' +
    '|(?:access|error|debug|app|application|server|django|flask|gunicorn|nginx|npm-debug)\\.log)[. ]*(?:[/;]|$)',
] as const;

/** A key of `map $uri` that matches them all: one expression costs less than many. */
export const debris = (): string => `"~*${PARTS.join('|')}"`;

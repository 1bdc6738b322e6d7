import { shown } from '../../lib/config/mistakes/mistake';
import type { Mistake } from '../../lib/config/parse';
import { mistakesIn, prodWith } from '../support/configuration';

type Malformed = readonly [name: string, file: unknown, mistakes: readonly string[]];

const files: readonly Malformed[] = [
  [
    'nothing at all',
    undefined,
    [
      'the file | nothing | { name, tier, account, region, backupRegion, app, processes, domain, database, cache, network, limits, adminNetworks, logs, cont…',
    ],
  ],
  [
    'a list',
    [],
    [
      'the file | [] | { name, tier, account, region, backupRegion, app, processes, domain, database, cache, network, limits, adminNetworks, logs, contacts,…',
    ],
  ],
  [
    'an empty object',
    {},
    [
      'name | nothing | 2 to 16 lower-case letters and digits, with single hyphens between them',
      'tier | nothing | development, staging or production',
      'region | nothing | an AWS region',
      'backupRegion | nothing | an AWS region',
      'app | nothing | { name, image, wsgi, port, cpu, memory, copies, workers, threads, health, loginPaths, apiPaths, adminPaths, staticFiles, corsOrigins,…',
      'domain | nothing | { name, hostedZone: { id, name } } or { name, certificateArn }',
      'contacts | nothing | { critical, warning, security, management, emergency }',
      'budget | nothing | { monthlyUsd }',
      'pipeline | nothing | { repository, environment }',
    ],
  ],
  [
    'words where numbers belong',
    prodWith({ 'app.cpu': '1024', 'app.port': '8000', 'budget.monthlyUsd': '600', 'limits.bodyKiB': '8' }),
    [
      "app.port | '8000' | a whole number from 1024 to 65535",
      "app.cpu | '1024' | 256, 512, 1024, 2048, 4096 or 8192 CPU units (1024 are one vCPU)",
      "limits.bodyKiB | '8' | a whole number of KiB from 1 to 102400",
      "budget.monthlyUsd | '600' | a whole number of US dollars a month from 20 to 100000",
    ],
  ],
  [
    'numbers out of range',
    prodWith({
      'app.port': 80,
      'app.threads': 0,
      'database.slowQueryMs': 5,
      'network.zones': 4,
      'limits.loginsPerMinute': 6,
      'limits.writesPerMinute': 11,
      'limits.requestsPerHour': 1001,
    }),
    [
      'app.port | 80 | a whole number from 1024 to 65535',
      'app.threads | 0 | a whole number of threads from 1 to 32',
      'database.slowQueryMs | 5 | a whole number of ms from 10 to 60000',
      'network.zones | 4 | a whole number of zones from 2 to 3',
      'limits.requestsPerHour | 1001 | a whole number of requests an hour from 1 to 1000',
      'limits.loginsPerMinute | 6 | a whole number of requests a minute from 1 to 5',
      'limits.writesPerMinute | 11 | a whole number of requests a minute from 1 to 10',
    ],
  ],
  [
    'misspelt fields',
    prodWith({ 'app.coppies': { min: 2, max: 4 }, databse: {}, 'limits.proxySecond': 60, 'contacts.emergancy': {} }),
    [
      "app.coppies | { min: 2, max: 4 } | no field 'coppies' in app: did you mean 'copies'?",
      "limits.proxySecond | 60 | no field 'proxySecond' in limits: did you mean 'proxySeconds'?",
      "contacts.emergancy | {} | no field 'emergancy' in contacts: did you mean 'emergency'?",
      "databse | {} | no field 'databse' in an environment: did you mean 'database'?",
    ],
  ],
  [
    'fields in the wrong place',
    prodWith({ cpu: 1024, multiAz: { enabled: true }, proxySeconds: 60 }),
    [
      "cpu | 1024 | no field 'cpu' in an environment: it belongs to app",
      "multiAz | { enabled: true } | no field 'multiAz' in an environment: it belongs to database",
      "proxySeconds | 60 | no field 'proxySeconds' in an environment: it belongs to limits",
    ],
  ],
  [
    'required fields left out',
    prodWith({ 'app.image': undefined, 'app.wsgi': undefined, contacts: undefined, pipeline: undefined }),
    [
      'app.image | nothing | { repository, digest } or { dockerfile: folder }',
      'app.wsgi | nothing | module:callable',
      'contacts | nothing | { critical, warning, security, management, emergency }',
      'pipeline | nothing | { repository, environment }',
    ],
  ],
  [
    'a protection switched off with a bare false',
    prodWith({ 'database.multiAz': false, 'backups.crossRegion': false, 'limits.bodyInspection': false }),
    [
      'database.multiAz | false | { enabled: true } or { enabled: false, reason: "…" }',
      'limits.bodyInspection | false | { enabled: true } or { enabled: false, reason: "…" }',
      'backups.crossRegion | false | { enabled: true } or { enabled: false, reason: "…" }',
    ],
  ],
  [
    'a protection switched off without a good reason',
    prodWith({
      'database.multiAz': { enabled: false },
      'backups.crossRegion': { enabled: false, reason: 'cheap' },
      cache: { enabled: false },
    }),
    [
      'database.multiAz.reason | nothing | a sentence of at least 12 characters that a reviewer can judge',
      'cache.reason | nothing | a sentence of at least 12 characters that a reviewer can judge',
      "backups.crossRegion.reason | 'cheap' | a sentence of at least 12 characters that a reviewer can judge",
    ],
  ],
  [
    'half a domain',
    prodWith({ domain: { name: 'UMS.example.com' } }),
    [
      "domain | { name: 'UMS.example.com' } | { name, hostedZone: { id, name } } or { name, certificateArn }",
      "domain.name | 'UMS.example.com' | a host name in lower case",
    ],
  ],
  [
    'a domain with zone and certificate mixed up',
    prodWith({ domain: { name: 'ums.example.com', hostedZone: { id: 'zone-1' } } }),
    [
      "domain.hostedZone.id | 'zone-1' | a Route 53 hosted zone id",
      'domain.hostedZone.name | nothing | a host name in lower case',
    ],
  ],
  [
    'names in the wrong shape',
    prodWith({
      name: 'Production',
      'app.name': 'User Management',
      'app.wsgi': 'run.py',
      'pipeline.repository': 'ums-deployment',
      account: 123456789012,
    }),
    [
      "name | 'Production' | 2 to 16 lower-case letters and digits, with single hyphens between them",
      'account | 123456789012 | twelve digits in quotes',
      "app.name | 'User Management' | 2 to 20 lower-case letters and digits, with single hyphens between them",
      "app.wsgi | 'run.py' | module:callable",
      "pipeline.repository | 'ums-deployment' | owner/name",
    ],
  ],
  [
    'a tier that is mistyped',
    prodWith({ tier: 'prod', 'app.logLevel': 'verbose' }),
    ["tier | 'prod' | development, staging or production", "app.logLevel | 'verbose' | DEBUG, INFO, WARNING or ERROR"],
  ],
  [
    'fields that were cut short, or went on',
    prodWith({ 'app.static': [], 'app.loginPathsAllowed': [] }),
    [
      "app.static | [] | no field 'static' in app: did you mean 'staticFiles'?",
      "app.loginPathsAllowed | [] | no field 'loginPathsAllowed' in app: did you mean 'loginPaths'?",
    ],
  ],
  [
    'an image by tag',
    prodWith({ 'app.image': { repository: 'ums/web', tag: 'latest' } }),
    [
      'app.image.digest | nothing | sha256: and 64 hexadecimal digits',
      "app.image.tag | 'latest' | no field 'tag' in app.image, which has repository, digest",
    ],
  ],
  [
    'an old database',
    prodWith({
      'database.version': '15.4',
      'database.instanceClass': 'db.t3.micro',
      'database.backupRetentionDays': 7,
    }),
    [
      "database.version | '15.4' | one of 18.3, 17.9",
      "database.instanceClass | 'db.t3.micro' | one of t4g.micro, t4g.small, t4g.medium, t4g.large, m7g.large, m7g.xlarge, m7g.2xlarge, m8g.large, m8g.xlarg…",
      'database.backupRetentionDays | 7 | a whole number of days from 30 to 35',
    ],
  ],
  [
    'logs thrown away too early',
    prodWith({ 'logs.accessDays': 7, 'logs.errorDays': 14, 'logs.securityDays': 30, 'logs.auditDays': 90 }),
    [
      'logs.accessDays | 7 | a whole number of days from 30 to 3653',
      'logs.errorDays | 14 | a whole number of days from 30 to 3653',
      'logs.securityDays | 30 | a whole number of days from 90 to 3653',
      'logs.auditDays | 90 | a whole number of days from 365 to 3653',
    ],
  ],
  [
    'the whole internet as admin',
    prodWith({ adminNetworks: ['0.0.0.0/0', '::/0', '203.0.113.7', '203.0.113.0/24', '203.0.113.0/24'] }),
    [
      "adminNetworks[0] | '0.0.0.0/0' | an IPv4 or IPv6 network in CIDR notation, not the whole internet",
      "adminNetworks[1] | '::/0' | an IPv4 or IPv6 network in CIDR notation, not the whole internet",
      "adminNetworks[2] | '203.0.113.7' | a network, and not an address: 203.0.113.7/32 is this address alone",
      "adminNetworks | ['0.0.0.0/0', '::/0', '203.0.113.7', '203.0.113.0/24', '203.0.113.0/24'] | a list in which each value stands once",
    ],
  ],
  [
    'any origin',
    prodWith({
      'app.corsOrigins': ['*', 'http://portal.example.com', 'https://portal.example.com/'],
      'app.contentSecurityPolicy': { 'script-src': ["'unsafe-inline'"], 'default-src': ["'self'"] },
    }),
    [
      "app.corsOrigins[0] | '*' | an https:// origin without a path",
      "app.corsOrigins[1] | 'http://portal.example.com' | an https:// origin without a path",
      "app.corsOrigins[2] | 'https://portal.example.com/' | an https:// origin without a path",
      "app.contentSecurityPolicy['script-src'][0] | '\\'unsafe-inline\\'' | 'self', 'none', 'nonce', data:, blob:, a hash or an https:// origin",
      "app.contentSecurityPolicy['default-src'] | ['\\'self\\''] | no field 'default-src' in app.contentSecurityPolicy, which has script-src, style-src, img-s…",
    ],
  ],
  [
    'paths that mean something to a proxy',
    prodWith({ 'app.loginPaths': ['login', '/a b', '/../etc', '/x;y'], 'app.health': { path: 'health' } }),
    [
      "app.health.path | 'health' | an absolute path of letters, digits and / _ . ~ -",
      "app.loginPaths[0] | 'login' | an absolute path of letters, digits and / _ . ~ -",
      "app.loginPaths[1] | '/a b' | an absolute path of letters, digits and / _ . ~ -",
      "app.loginPaths[2] | '/../etc' | an absolute path of letters, digits and / _ . ~ -",
      "app.loginPaths[3] | '/x;y' | an absolute path of letters, digits and / _ . ~ -",
    ],
  ],
  [
    'a login that nobody limits',
    prodWith({ 'app.loginPaths': [] }),
    ['app.loginPaths | [] | one path or more: each is limited in its attempts'],
  ],
  [
    'bad contacts',
    prodWith({
      'contacts.critical': [],
      'contacts.warning': ['platform'],
      'contacts.emergency.hosting': { name: 'A', email: 'hosting@example.com', phone: '555-0100' },
    }),
    [
      'contacts.critical | [] | a list of one or more e-mail addresses',
      "contacts.warning[0] | 'platform' | an e-mail address",
      "contacts.emergency.hosting.name | 'A' | a person or desk, 2 to 80 characters",
      "contacts.emergency.hosting.phone | '555-0100' | a telephone number in international form",
    ],
  ],
];

const MOST = 150;
const line = ({ path, value, expected }: Mistake): string => {
  const text = `${path || 'the file'} | ${shown(value)} | ${expected}`;
  return text.length > MOST ? `${text.slice(0, MOST - 1)}…` : text;
};

describe('files whose fields are malformed', () => {
  it.each(files)('%s: tells every mistake at once', (_name, file, mistakes) => {
    expect(mistakesIn(file).map(line)).toEqual(mistakes);
  });

  it('shows the whole part where a field resembles none', () => {
    const mail = { host: 'smtp.example.com', from: 'ums@example.com', user: 'ums' };
    expect(mistakesIn(prodWith({ 'app.mail': mail })).map(({ path, example }) => ({ path, example }))).toEqual([
      { path: 'app.mail.user', example: { host: 'email-smtp.us-east-1.amazonaws.com', from: 'oncall@example.com' } },
    ]);
  });

  it.each(files)('%s: gives an example for each', (_name, file) => {
    for (const { example } of mistakesIn(file)) expect(example).toBeDefined();
  });
});

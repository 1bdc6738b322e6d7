import { DescribeServiceRevisionsCommand, DescribeTaskDefinitionCommand, ECSClient } from '@aws-sdk/client-ecs';
import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { guarded, log } from '../common/log';
import { settings, text } from '../common/settings';
import { env } from './env';
import { type Unfilled, whatToDo } from './unfilled';

const ecs = new ECSClient({});
const secretsManager = new SecretsManagerClient({});

/** What ECS tells a deployment hook, as far as it is needed here. */
interface HookEvent {
  readonly executionDetails: { readonly targetServiceRevisionArn: string };
  readonly hookDetails?: { readonly denied?: number };
}

interface HookAnswer {
  readonly hookStatus: 'SUCCEEDED' | 'FAILED' | 'IN_PROGRESS';
  readonly callBackDelay?: number;
  readonly hookDetails?: { readonly denied: number };
}

/** A new policy takes some seconds until every part of AWS knows it: two minutes are tried. */
const DENIED_DELAY_SECONDS = 15;
const MOST_DENIED = 8;

/**
 * Ends a deployment before its first task when a secret that a person has to fill has no value: ECS would start tasks
 * again and again, and none could begin. It looks at what the version's own task definition names, so that a rollback is
 * judged by the old version's secrets. It can see whether there is a value and never reads one.
 */
export const handler = guarded(async ({ executionDetails, hookDetails }: HookEvent): Promise<HookAnswer> => {
  const { denied = 0 } = hookDetails ?? {};
  try {
    const unfilled = await unfilledOf(executionDetails.targetServiceRevisionArn);
    for (const each of unfilled) log.error(whatToDo(each), { ...each });
    if (unfilled.length === 0) log.info('every secret has a value');
    return { hookStatus: unfilled.length === 0 ? 'SUCCEEDED' : 'FAILED' };
  } catch (error) {
    if ((error as Error).name !== 'AccessDeniedException' || denied >= MOST_DENIED) throw error;
    log.warn('not allowed yet', { reason: (error as Error).message });
    return {
      hookStatus: 'IN_PROGRESS',
      callBackDelay: DENIED_DELAY_SECONDS,
      hookDetails: { denied: denied + 1 },
    };
  }
});

async function unfilledOf(revision: string): Promise<readonly Unfilled[]> {
  const found: Unfilled[] = [];
  for (const secret of await secretsOf(revision)) {
    const state = await stateOf(secret);
    if (state !== 'filled') found.push({ secret: nameOf(secret), state });
  }
  return found;
}

/** ARNs of the secrets that a person fills and that the version's containers name. */
async function secretsOf(revision: string): Promise<readonly string[]> {
  const { serviceRevisions = [] } = await ecs.send(
    new DescribeServiceRevisionsCommand({ serviceRevisionArns: [revision] }),
  );
  const taskDefinition = serviceRevisions[0]?.taskDefinition;
  if (!taskDefinition) throw new Error(`Service revision ${revision} names no task definition`);
  const { taskDefinition: task } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
  const named = (task?.containerDefinitions ?? []).flatMap(({ secrets = [] }) =>
    secrets.map(({ valueFrom }) => valueFrom),
  );
  const { prefix } = settings({ prefix: text(env.prefix) });
  const arns = named.flatMap((valueFrom) => arnIn(valueFrom) ?? []);
  return [...new Set(arns)].filter((arn) => nameOf(arn).startsWith(prefix));
}

/** `arn:…:secret:<name>-<six characters>[:<field>:<stage>:<version>]` without what follows the name. */
const arnIn = (valueFrom = ''): string | undefined =>
  /^arn:[^:]+:secretsmanager:[^:]*:[^:]*:secret:[^:]+/.exec(valueFrom)?.[0];

/** Secrets Manager ends an ARN in a hyphen and six characters of its own. */
const nameOf = (arn: string): string =>
  arn
    .split(':')
    .slice(6)
    .join(':')
    .replace(/-[A-Za-z0-9]{6}$/, '');

async function stateOf(secret: string): Promise<Unfilled['state'] | 'filled'> {
  try {
    const { DeletedDate, VersionIdsToStages = {} } = await secretsManager.send(
      new DescribeSecretCommand({ SecretId: secret }),
    );
    if (DeletedDate) return 'deleted';
    return Object.values(VersionIdsToStages).some((stages) => stages?.includes('AWSCURRENT')) ? 'filled' : 'empty';
  } catch (error) {
    if ((error as Error).name === 'ResourceNotFoundException') return 'missing';
    throw error;
  }
}

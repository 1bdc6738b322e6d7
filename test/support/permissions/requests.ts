import { ACCOUNT } from './concrete';

/** What IAM is asked before a call is done. */
export interface Request {
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string>>;
}

/** Fields of the calls' inputs; each call has some of them. */
interface Input {
  readonly cluster: string;
  readonly service: string;
  readonly serviceDeploymentArn: string;
  readonly serviceDeploymentArns: readonly string[];
  readonly serviceRevisionArns: readonly string[];
  readonly tasks: readonly string[];
  readonly Namespace: string;
  readonly SecretId: string;
  readonly VersionStage: string;
}

const ecs = (kind: string, rest: string): string => `arn:aws:ecs:us-east-1:${ACCOUNT}:${kind}/${rest}`;

/** What each call of the SDK asks IAM for, by the command's name. Source: Service Authorization Reference. */
const ASKED: Readonly<
  Record<string, (input: Input, keyOf: (secret: string) => string | undefined) => readonly Request[]>
> = {
  DescribeServiceDeployments: ({ serviceDeploymentArns }) =>
    serviceDeploymentArns.map((resource) => ({ action: 'ecs:DescribeServiceDeployments', resource })),
  DescribeServiceRevisions: ({ serviceRevisionArns }) =>
    serviceRevisionArns.map((resource) => ({ action: 'ecs:DescribeServiceRevisions', resource })),
  DescribeTaskDefinition: () => [{ action: 'ecs:DescribeTaskDefinition', resource: '*' }],
  DescribeTasks: ({ tasks }) => tasks.map((resource) => ({ action: 'ecs:DescribeTasks', resource })),
  ListServiceDeployments: ({ cluster, service }) => [
    { action: 'ecs:ListServiceDeployments', resource: ecs('service', `${cluster}/${service}`) },
  ],
  ListTasks: ({ cluster }) => [
    { action: 'ecs:ListTasks', resource: '*', context: { 'ecs:cluster': ecs('cluster', cluster) } },
  ],
  StopServiceDeployment: ({ serviceDeploymentArn }) => [
    { action: 'ecs:StopServiceDeployment', resource: serviceDeploymentArn },
  ],
  UpdateService: ({ cluster, service }) => [
    { action: 'ecs:UpdateService', resource: ecs('service', `${cluster}/${service}`) },
  ],

  PutMetricData: ({ Namespace }) => [
    { action: 'cloudwatch:PutMetricData', resource: '*', context: { 'cloudwatch:namespace': Namespace } },
  ],

  DescribeSecret: ({ SecretId }) => [{ action: 'secretsmanager:DescribeSecret', resource: SecretId }],
  ListSecretVersionIds: ({ SecretId }) => [{ action: 'secretsmanager:ListSecretVersionIds', resource: SecretId }],
  GetSecretValue: ({ SecretId }, keyOf) => [
    { action: 'secretsmanager:GetSecretValue', resource: SecretId },
    ...encrypting(SecretId, keyOf, 'kms:Decrypt'),
  ],
  PutSecretValue: ({ SecretId }, keyOf) => [
    { action: 'secretsmanager:PutSecretValue', resource: SecretId },
    ...encrypting(SecretId, keyOf, 'kms:Decrypt', 'kms:GenerateDataKey'),
  ],
  UpdateSecretVersionStage: ({ SecretId, VersionStage }) => [
    {
      action: 'secretsmanager:UpdateSecretVersionStage',
      resource: SecretId,
      context: { 'secretsmanager:VersionStage': VersionStage },
    },
  ],
};

/** Secrets Manager uses the secret's key in the caller's name. */
function encrypting(
  secret: string,
  keyOf: (secret: string) => string | undefined,
  ...actions: readonly string[]
): readonly Request[] {
  const resource = keyOf(secret);
  if (!resource) throw new Error(`No key is known for ${secret}`);
  const context = {
    'kms:ViaService': 'secretsmanager.us-east-1.amazonaws.com',
    'kms:EncryptionContext:SecretARN': secret,
  };
  return actions.map((action) => ({ action, resource, context }));
}

/**
 * What a call asks IAM for.
 *
 * @param operation name of the command without `Command`
 * @throws for a call that nobody has looked up yet
 */
export function requestsOf(
  operation: string,
  input: object,
  keyOf: (secret: string) => string | undefined,
): readonly Request[] {
  const asked = ASKED[operation];
  if (!asked) throw new Error(`${operation}: look up in the Service Authorization Reference what it asks for`);
  return asked(input as Input, keyOf);
}

import { randomUUID } from 'node:crypto';
import { refusal } from './refusals';
import { copyOf, labelled, type StoredSecret, type Version } from './stored-secret';

const DAY = 24 * 3600_000;
/** The service keeps this many versions and those of the last 24 hours; more than both it does not take. */
const MOST_VERSIONS = 100;
const LONGEST_VALUE = 65_536;
const MOST_STAGES = 20;

export interface Call {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** Stands around every call: it may do it, not do it, do it twice, or answer something else. */
export type Interceptor = (call: Call, perform: () => Promise<unknown>) => Promise<unknown>;

export interface NewSecret {
  readonly name: string;
  /** @default - a secret without a value */
  readonly value?: string;
  /** @default true */
  readonly rotates?: boolean;
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * Secrets Manager in memory, with the rules of the API reference: each label on one version at most, AWSPREVIOUS where
 * AWSCURRENT came from, one value for a version for ever, labels moved only by who knows where they are, versions without
 * a label forgotten. Where the reference says nothing, it is as strict as the service could be.
 */
export class SecretsManagerStandIn {
  /** Every call, in the order in which they came. Values are in them: for comparing, not for printing. */
  readonly calls: Call[] = [];
  /** The service's time. Versions are forgotten by it. */
  now = Date.parse('2026-11-01T00:00:00Z');
  /** How many reads after a write still show what was before it. */
  lag = 0;
  /** How many calls from now on are throttled. */
  throttled = 0;
  interceptor: Interceptor = (_, perform) => perform();

  private readonly secrets = new Map<string, StoredSecret>();
  private readonly stale = new Map<string, { readonly before: StoredSecret; reads: number }>();

  /** Makes a secret and returns its ARN. */
  add({ name, value, rotates = true, tags = {} }: NewSecret): string {
    const arn = `arn:aws:secretsmanager:us-east-1:123456789012:secret:${name}-AbCdEf`;
    const versions = new Map<string, Version>();
    if (value !== undefined)
      versions.set(randomUUID(), { value, stages: new Set(['AWSCURRENT']), created: this.now, put: true });
    this.secrets.set(name, {
      arn,
      name,
      rotates,
      tags: new Map(Object.entries(tags)),
      versions,
      changed: this.now,
      created: this.now,
    });
    return arn;
  }

  /** The secret as it is, for setting a scene and for looking at the outcome. */
  secret(id: string): StoredSecret {
    const found = [...this.secrets.values()].find(({ arn, name }) => id === arn || id === name);
    if (!found) throw refusal('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    return found;
  }

  /** Id of the version that has a label. */
  holder(id: string, stage: string): string | undefined {
    return labelled(this.secret(id), stage)?.[0];
  }

  /** The value of the version that has a label. */
  value(id: string, stage = 'AWSCURRENT'): string | undefined {
    return labelled(this.secret(id), stage)?.[1].value;
  }

  /** One call of the API. */
  call(operation: string, input: Readonly<Record<string, unknown>>): Promise<unknown> {
    const call = { operation, input };
    return this.interceptor(call, async () => {
      this.calls.push(call);
      if (this.throttled > 0) {
        this.throttled--;
        throw refusal('ThrottlingException', 'Rate exceeded');
      }
      // Each operation is one moment: nothing comes between its look and its change.
      return this.operations[operation]?.(input as never) ?? unknownOperation(operation);
    });
  }

  private readonly operations: Readonly<Record<string, (input: never) => object>> = {
    DescribeSecret: (input: { SecretId: string }) => this.describe(input.SecretId),
    GetSecretValue: (input: GetInput) => this.get(input),
    PutSecretValue: (input: PutInput) => this.put(input),
    UpdateSecretVersionStage: (input: MoveInput) => this.move(input),
    RotateSecret: (input: { SecretId: string; ClientRequestToken?: string }) => this.beginRotation(input),
    ListSecretVersionIds: (input: { SecretId: string }) => this.list(input.SecretId),
    TagResource: (input: { SecretId: string; Tags: { Key: string; Value: string }[] }) => {
      const secret = this.changing(input.SecretId);
      for (const { Key, Value } of input.Tags) secret.tags.set(Key, Value);
      return {};
    },
  };

  private describe(id: string): object {
    const secret = this.seen(id);
    const stages = [...secret.versions].filter(([, version]) => version.stages.size > 0);
    return {
      ARN: secret.arn,
      Name: secret.name,
      CreatedDate: new Date(secret.created),
      LastChangedDate: new Date(secret.changed),
      ...(secret.rotated === undefined ? {} : { LastRotatedDate: new Date(secret.rotated) }),
      ...(secret.rotates ? { RotationEnabled: true } : {}),
      ...(secret.deleted === undefined ? {} : { DeletedDate: new Date(secret.deleted) }),
      Tags: [...secret.tags].map(([Key, Value]) => ({ Key, Value })),
      ...(stages.length > 0
        ? { VersionIdsToStages: Object.fromEntries(stages.map(([version, found]) => [version, [...found.stages]])) }
        : {}),
    };
  }

  private list(id: string): object {
    const { arn, name, versions } = this.seen(id);
    const listed = [...versions].filter(([, { stages }]) => stages.size > 0);
    return {
      ARN: arn,
      Name: name,
      Versions: listed.map(([VersionId, { stages, created }]) => ({
        VersionId,
        VersionStages: [...stages],
        CreatedDate: new Date(created),
      })),
    };
  }

  private get({ SecretId, VersionId, VersionStage }: GetInput): object {
    const secret = this.seen(SecretId);
    refuseDeleted(secret);
    const stage = VersionStage ?? (VersionId ? undefined : 'AWSCURRENT');
    const [id, version] = (VersionId ? this.byId(secret, VersionId) : labelled(secret, stage ?? '')) ?? [];
    if (!id || !version?.put || (stage && !version.stages.has(stage)))
      throw refusal(
        'ResourceNotFoundException',
        `Secrets Manager can't find the specified secret value for ${VersionId ? `VersionId: ${VersionId}` : `staging label: ${stage}`}`,
      );
    return {
      ARN: secret.arn,
      Name: secret.name,
      VersionId: id,
      VersionStages: [...version.stages],
      CreatedDate: new Date(version.created),
      ...(version.binary ? { SecretBinary: version.binary } : { SecretString: version.value }),
    };
  }

  private put({ SecretId, ClientRequestToken, SecretString, SecretBinary, VersionStages }: PutInput): object {
    const id = ClientRequestToken ?? randomUUID();
    if (id.length < 32 || id.length > 64)
      throw refusal('InvalidParameterException', 'ClientRequestToken must be 32-64 characters long.');
    if ((SecretString === undefined) === (SecretBinary === undefined))
      throw refusal('InvalidRequestException', 'You must provide either SecretString or SecretBinary.');
    if (Buffer.byteLength(SecretString ?? SecretBinary ?? '') > LONGEST_VALUE)
      throw refusal('InvalidParameterException', 'The value is longer than 65536 bytes.');
    if (VersionStages && (VersionStages.length === 0 || VersionStages.length > MOST_STAGES))
      throw refusal('InvalidParameterException', 'VersionStages must have 1 to 20 labels.');
    const known = this.byId(this.secret(SecretId), id)?.[1];
    const answer = { ARN: this.secret(SecretId).arn, Name: this.secret(SecretId).name, VersionId: id };
    if (known?.put) {
      refuseDeleted(this.secret(SecretId));
      if (known.value === SecretString && known.binary === SecretBinary)
        return { ...answer, VersionStages: [...known.stages] };
      throw refusal('ResourceExistsException', `You can't modify version ${id}: its value can't be changed.`);
    }
    const secret = this.changing(SecretId);
    this.forget(secret);
    if (!known && secret.versions.size >= MOST_VERSIONS)
      throw refusal('LimitExceededException', `Secret ${secret.name} has ${secret.versions.size} versions.`);
    const first = ![...secret.versions.values()].some((version) => version.put);
    const version: Version = known ?? { stages: new Set(), created: this.now, put: false };
    Object.assign(version, { value: SecretString, binary: SecretBinary, put: true, created: this.now });
    secret.versions.set(id, version);
    const stages = new Set([...(VersionStages ?? ['AWSCURRENT']), ...(first ? ['AWSCURRENT'] : [])]);
    for (const stage of stages) label(secret, stage, id);
    return { ...answer, VersionStages: [...version.stages] };
  }

  private move({ SecretId, VersionStage, RemoveFromVersionId: from, MoveToVersionId: to }: MoveInput): object {
    const bad = (message: string) => refusal('InvalidParameterException', message);
    const secret = this.secret(SecretId);
    refuseDeleted(secret);
    if (!from && !to) throw bad('Either MoveToVersionId or RemoveFromVersionId must be given.');
    for (const id of [from, to])
      if (id && !this.byId(secret, id))
        throw refusal('ResourceNotFoundException', `Secrets Manager can't find the specified secret version: ${id}`);
    const holder = labelled(secret, VersionStage)?.[0];
    if (holder !== from)
      throw bad(
        `Staging label ${VersionStage} is currently attached to ${holder ? `version ${holder}` : 'no version'}, so you must explicitly reference that in RemoveFromVersionId.`,
      );
    if (!to && VersionStage === 'AWSCURRENT')
      throw bad('You can only move staging label AWSCURRENT to a different secret version. It can’t be removed.');
    const changing = this.changing(SecretId);
    if (to) label(changing, VersionStage, to);
    else changing.versions.get(from as string)?.stages.delete(VersionStage);
    return { ARN: secret.arn, Name: secret.name };
  }

  /** What RotateSecret does before it calls the function: the version gets its label, and no value yet. */
  private beginRotation({
    SecretId,
    ClientRequestToken = randomUUID(),
  }: {
    SecretId: string;
    ClientRequestToken?: string;
  }) {
    const secret = this.secret(SecretId);
    refuseDeleted(secret);
    if (!secret.rotates) throw refusal('InvalidRequestException', 'No Lambda rotation function ARN is associated.');
    const pending = labelled(secret, 'AWSPENDING')?.[0];
    if (pending && pending !== labelled(secret, 'AWSCURRENT')?.[0] && pending !== ClientRequestToken)
      throw refusal(
        'InvalidRequestException',
        `A previous rotation isn't complete. That rotation will be reattempted.`,
      );
    const changing = this.changing(SecretId);
    if (!changing.versions.has(ClientRequestToken))
      changing.versions.set(ClientRequestToken, { stages: new Set(), created: this.now, put: false });
    if (pending !== ClientRequestToken) label(changing, 'AWSPENDING', ClientRequestToken);
    return { ARN: secret.arn, Name: secret.name, VersionId: ClientRequestToken };
  }

  private byId(secret: StoredSecret, id: string): [string, Version] | undefined {
    const version = secret.versions.get(id);
    return version && [id, version];
  }

  /** The secret for a read, which may be late. */
  private seen(id: string): StoredSecret {
    const secret = this.secret(id);
    const stale = this.stale.get(secret.name);
    if (!stale || stale.reads <= 0) return secret;
    stale.reads--;
    return stale.before;
  }

  /** The secret for a write. */
  private changing(id: string): StoredSecret {
    const secret = this.secret(id);
    refuseDeleted(secret);
    if (this.lag > 0) this.stale.set(secret.name, { before: copyOf(secret), reads: this.lag });
    secret.changed = this.now;
    return secret;
  }

  /** Versions without a label go when there are newer ones enough and a day is over. */
  private forget(secret: StoredSecret): void {
    // Of those made in the same moment, the later one is listed later.
    const newest = [...secret.versions].reverse().sort(([, a], [, b]) => b.created - a.created);
    for (const [id, version] of newest.slice(MOST_VERSIONS - 1))
      if (version.stages.size === 0 && this.now - version.created > DAY) secret.versions.delete(id);
  }
}

interface GetInput {
  readonly SecretId: string;
  readonly VersionId?: string;
  readonly VersionStage?: string;
}

interface PutInput {
  readonly SecretId: string;
  readonly ClientRequestToken?: string;
  readonly SecretString?: string;
  readonly SecretBinary?: Uint8Array;
  readonly VersionStages?: readonly string[];
}

interface MoveInput {
  readonly SecretId: string;
  readonly VersionStage: string;
  readonly RemoveFromVersionId?: string;
  readonly MoveToVersionId?: string;
}

function label(secret: StoredSecret, stage: string, to: string): void {
  const from = labelled(secret, stage);
  if (from?.[0] === to) return;
  from?.[1].stages.delete(stage);
  secret.versions.get(to)?.stages.add(stage);
  if (stage === 'AWSCURRENT' && from) label(secret, 'AWSPREVIOUS', from[0]);
}

function refuseDeleted(secret: StoredSecret): void {
  if (secret.deleted !== undefined)
    throw refusal(
      'InvalidRequestException',
      "You can't perform this operation on the secret because it was marked for deletion.",
    );
}

function unknownOperation(operation: string): never {
  throw new Error(`The stand-in for Secrets Manager has no operation ${operation}`);
}

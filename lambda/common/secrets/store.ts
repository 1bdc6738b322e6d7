import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { Secret } from './secret';

/** The labels that Secrets Manager itself goes by. */
export type Stage = 'AWSCURRENT' | 'AWSPENDING' | 'AWSPREVIOUS';

/** What Secrets Manager tells of a secret without its value. */
export interface SecretState {
  readonly arn: string;
  readonly name: string;
  /** Whether a rotation is set up. */
  readonly rotates: boolean;
  /** When somebody deleted it, though it can still be restored. @default - nobody did */
  readonly deleted?: Date;
  /** When anything of it changed last: a value, a label, a tag. */
  readonly changed?: Date;
  readonly tags: Readonly<Record<string, string>>;
  /** Labels by version id. A version without a label is not listed: Secrets Manager deletes it some day. */
  readonly versions: ReadonlyMap<string, readonly string[]>;
}

/** The version that has a label. */
export const holderOf = (state: SecretState, stage: string): string | undefined =>
  [...state.versions].find(([, stages]) => stages.includes(stage))?.[0];

/** Milliseconds between looks at something that Secrets Manager may not show yet: 3 seconds in all. */
const PAUSES = [100, 200, 400, 800, 1500];

export interface StoreOptions {
  /** @default - one for the region that the function runs in */
  readonly client?: SecretsManagerClient;
  /** Lets time pass, in milliseconds. @default - real time */
  readonly wait?: (milliseconds: number) => Promise<unknown>;
}

/**
 * A client that tries a call six times. The SDK itself waits longer each time, by chance within limits, and waits longer
 * when it is throttled.
 */
export const secretsManager = (): SecretsManagerClient => new SecretsManagerClient({ maxAttempts: 6 });

/** One secret in Secrets Manager, with the calls that rotations need. */
export class SecretStore {
  private readonly client: SecretsManagerClient;
  private readonly wait: (milliseconds: number) => Promise<unknown>;

  /** @param id the secret's ARN or name */
  constructor(
    readonly id: string,
    { client = secretsManager(), wait = sleep }: StoreOptions = {},
  ) {
    this.client = client;
    this.wait = wait;
  }

  async describe(): Promise<SecretState> {
    const found = await this.client.send(new DescribeSecretCommand({ SecretId: this.id }));
    const tags = (found.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value] as const);
    return {
      arn: found.ARN ?? this.id,
      name: found.Name ?? this.id,
      rotates: found.RotationEnabled === true,
      deleted: found.DeletedDate,
      changed: found.LastChangedDate,
      tags: Object.fromEntries(tags),
      versions: new Map(Object.entries(found.VersionIdsToStages ?? {}).map(([id, stages]) => [id, stages ?? []])),
    };
  }

  /**
   * A version's value, or nothing when it has none: Secrets Manager lists a pending version before somebody puts its
   * value.
   *
   * @throws when the value is binary
   */
  async read(version: string): Promise<Secret | undefined> {
    try {
      const { SecretString } = await this.client.send(
        new GetSecretValueCommand({ SecretId: this.id, VersionId: version }),
      );
      if (SecretString) return new Secret(SecretString);
    } catch (error) {
      if ((error as Error).name === 'ResourceNotFoundException') return undefined;
      throw error;
    }
    throw new Error(`Version ${version} of secret ${this.id} is binary or empty; expected text in SecretString`);
  }

  /**
   * Puts a new version.
   *
   * @param version its id, 32 to 64 characters. The same value can be put under it again.
   * @param stages labels that move to it
   * @returns `taken` when another value stands there already
   */
  async put(version: string, value: Secret, stages: readonly string[]): Promise<'put' | 'taken'> {
    try {
      await this.client.send(
        new PutSecretValueCommand({
          SecretId: this.id,
          ClientRequestToken: version,
          SecretString: value.reveal(),
          VersionStages: [...stages],
        }),
      );
      return 'put';
    } catch (error) {
      if ((error as Error).name === 'ResourceExistsException') return 'taken';
      throw error;
    }
  }

  /**
   * Moves a label, if it is where the caller believes it to be: of two who move it from the same version, one does.
   *
   * @param to @default - the label is taken off
   * @returns `refused` when Secrets Manager would not
   */
  async move(stage: string, { from, to }: { from?: string; to?: string }): Promise<'moved' | 'refused'> {
    try {
      await this.client.send(
        new UpdateSecretVersionStageCommand({
          SecretId: this.id,
          VersionStage: stage,
          RemoveFromVersionId: from,
          MoveToVersionId: to,
        }),
      );
      return 'moved';
    } catch (error) {
      const { name } = error as Error;
      if (name === 'InvalidParameterException' || name === 'ResourceNotFoundException') return 'refused';
      throw error;
    }
  }

  /**
   * Looks until there is something, for what was written a moment ago may not be visible yet.
   *
   * @returns what the last look gave when patience ends
   */
  async until<Found>(look: () => Promise<Found>, enough: (found: Found) => boolean): Promise<Found> {
    for (const pause of PAUSES) {
      const found = await look();
      if (enough(found)) return found;
      // Between half and the whole of it, so that two who wait for each other's work do not stay in step.
      await this.wait(pause * (0.5 + Math.random() / 2));
    }
    return look();
  }
}

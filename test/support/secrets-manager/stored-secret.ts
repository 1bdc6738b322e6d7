/** One version of a secret in the stand-in. */
export interface Version {
  value?: string;
  binary?: Uint8Array;
  readonly stages: Set<string>;
  created: number;
  /** Whether it has a value: a pending version is listed before its value is put. */
  put: boolean;
}

/** One secret in the stand-in. */
export interface StoredSecret {
  readonly arn: string;
  readonly name: string;
  rotates: boolean;
  /** When it goes for good, if somebody deleted it. */
  deleted?: number;
  /** When anything of it changed last. */
  changed: number;
  readonly created: number;
  /** When a rotation ended last. */
  rotated?: number;
  readonly tags: Map<string, string>;
  readonly versions: Map<string, Version>;
}

/** The version that has a label, with its id. */
export const labelled = (secret: StoredSecret, stage: string): [string, Version] | undefined =>
  [...secret.versions].find(([, { stages }]) => stages.has(stage));

export const copyOf = (secret: StoredSecret): StoredSecret => ({
  ...secret,
  tags: new Map(secret.tags),
  versions: new Map([...secret.versions].map(([id, version]) => [id, { ...version, stages: new Set(version.stages) }])),
});

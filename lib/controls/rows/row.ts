/** What a row asks for, beside the words. */
export type Part = 'enforce' | 'alarm' | 'runbook' | 'gate' | 'probe' | 'contract';

/** One requirement of the production checklist. */
export interface Row {
  /** What must be so. */
  readonly need: string;
  /**
   * What satisfies it: `enforce` a synth rule refuses what lacks it; `alarm` a person is told and finds a runbook;
   * `runbook` an executable, rehearsed procedure; `gate` a check before the deploy; `probe` a check of the running
   * endpoint; `contract` the application's own duty, handed over and documented.
   */
  readonly how: readonly Part[];
  /** Parts that are begun but not whole, each with what it still lacks. */
  readonly lacks?: Partial<Record<Part, string>>;
}

/** Keeps the ids as literal types. */
export function rows<const T extends Readonly<Record<string, Row>>>(table: T): { readonly [Id in keyof T]: Row } {
  return table;
}

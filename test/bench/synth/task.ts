/** What one process synthesizes. */
export interface Task {
  /**
   * `library` loads aws-cdk-lib and nothing else; `baseline` synthesizes without checks; `stock` with those of the CDK
   * and cdk-nag as they come; `ours` as the command line does.
   */
  readonly variant: 'library' | 'baseline' | 'stock' | 'ours';
  /** Names of the shipped environments. @default - all of them */
  readonly environments?: readonly string[];
  /** Number of environments made from the last one, in place of them all. @default - none are made */
  readonly copies?: number;
  readonly outdir: string;
  /** Folder of remembered schema answers. @default - none are kept */
  readonly cacheFolder?: string;
  /** A text to put into one template, which its remembered answer then no longer fits. @default - none is changed */
  readonly edited?: string;
}

/** What a process tells of itself at its end. */
export interface ChildReport {
  /** Time of processors that all its threads used, in milliseconds. */
  readonly cpuMs: number;
  /** Whether the gate let the app pass; ours only. */
  readonly passed?: boolean;
}

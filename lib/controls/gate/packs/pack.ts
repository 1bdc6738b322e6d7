import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { GateFinding } from '../finding';
import type { Subject } from '../subject';

/** What a pack found. The gate adds the line at fault. */
export type PackFinding = Omit<GateFinding, 'source'>;

/** What a pack did: its findings, and the proof that it looked at everything. Plain data, so that it can be kept. */
export interface PackRun {
  readonly name: string;
  readonly version: string;
  /** Whether its findings refuse the synth. */
  readonly gating: boolean;
  /** Ids of the rules that it applied; empty where the pack can't list them. */
  readonly rules: readonly string[];
  /** Construct paths of the resources that it looked at. */
  readonly judged: readonly string[];
  /**
   * Construct paths of the resources that a control guards, by the control's id: those of its types, in environments
   * where it is in force. Told of the controls that judge in place of a published rule.
   *
   * @default - none judges in place of another
   */
  readonly guarded?: Readonly<Record<string, readonly string[]>>;
  readonly findings: readonly PackFinding[];
}

/** A set of checks that the gate runs over everything that would be deployed. */
export interface Pack {
  readonly name: string;
  readonly gating: boolean;
  run(subject: Subject): PackRun;
}

/** The rule of a finding's id: `AwsSolutions-IAM5[Resource::*]` is of rule `AwsSolutions-IAM5`. */
export const baseOf = (id: string): string => id.replace(/\[.*$/s, '');

/** Where the kit's own version stands. */
export const KIT_PACKAGE = resolve(__dirname, '..', '..', '..', '..', 'package.json');

/** Version in a package.json, read without loading the package. */
export function versionOf(packageJson: string): string {
  return String((JSON.parse(readFileSync(require.resolve(packageJson), 'utf8')) as { version: string }).version);
}

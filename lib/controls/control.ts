import type { Part, RowId } from './rows';
import { EnvironmentView, type Json, type Resource, type Template, type Tier } from './view';

/** What a rule saw and did not like. */
export interface Finding {
  /** The resource at fault; for something that is missing, the one that needs it. */
  readonly resource: Resource;
  /** Where in the resource, such as `Properties.StorageEncrypted`. */
  readonly location: string;
  /** What stands there, in words that fit "found …". */
  readonly found: string;
  /** What should, in words that fit "expected …". */
  readonly expected: string;
}

/** A part of a checklist row, such as `D02/enforce`. */
export type Claim = `${RowId}/${Part}`;

/** Properties of a resource type that a control guards; the sabotage tests weaken each in real environments. */
export interface Protected {
  readonly type: string;
  /** Dotted property paths; an empty list means that the resource's presence alone is guarded. */
  readonly properties: readonly string[];
}

/** A small environment that a rule must pass or refuse. */
export interface Fixture {
  readonly name: string;
  readonly environment: EnvironmentView;
}

interface ControlBase {
  /** Stable id: the file's name. Printed in refusals and named by exceptions. */
  readonly id: string;
  /** What must be so, as one statement. */
  readonly title: string;
  /** Row parts that it holds. */
  readonly holds: readonly Claim[];
  /** Tiers in which it must hold. */
  readonly tiers: readonly Tier[];
  /** What goes wrong without it. */
  readonly why: string;
  /** What to change, in the configuration or the construct. */
  readonly remedy: string;
}

/** Refuses an environment at synth. */
export interface RuleControl extends ControlBase {
  readonly protects: readonly Protected[];
  readonly check: (environment: EnvironmentView) => readonly Finding[];
  readonly fixtures: { readonly pass: readonly Fixture[]; readonly refuse: readonly Fixture[] };
}

/** Holds a row's part by something that is no synth rule: a gate, a probe, a contract, a runbook. */
export interface EvidenceControl extends ControlBase {
  readonly evidence: {
    /** File that does it. */
    readonly file: string;
    /** Test that exercises it. */
    readonly test: string;
  };
}

export type Control = RuleControl | EvidenceControl;

export const everyTier: readonly Tier[] = ['development', 'staging', 'production'];

export const isRule = (control: Control): control is RuleControl => 'check' in control;

/** Judges every resource of one type; `judge` returns what is wrong with it, or nothing. */
export function each(
  type: string,
  judge: (
    resource: Resource,
    environment: EnvironmentView,
  ) => Omit<Finding, 'resource'> | readonly Omit<Finding, 'resource'>[] | undefined,
): RuleControl['check'] {
  return (environment) =>
    environment.ofType(type).flatMap((resource) => {
      const wrong = judge(resource, environment) ?? [];
      return (Array.isArray(wrong) ? wrong : [wrong]).map((finding: Omit<Finding, 'resource'>) => ({
        resource,
        ...finding,
      }));
    });
}

/** Several rules of one control. */
export function all(...checks: readonly RuleControl['check'][]): RuleControl['check'] {
  return (environment) => checks.flatMap((check) => check(environment));
}

/** A value as it is printed after "found". */
export function shown(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 160 ? `${text.slice(0, 157)}…` : text;
}

/** A fixture of one stack, production unless said otherwise. */
export function fixture(
  name: string,
  resources: NonNullable<Template['Resources']>,
  tier: Tier = 'production',
): Fixture {
  return { name, environment: new EnvironmentView('fixture', tier, { stack: { Resources: resources } }) };
}

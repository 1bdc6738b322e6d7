import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Claim, type Control, isRule, type RuleControl } from './control';
import { checklist, type Part, type Row, type RowId, rowIds } from './rows';
import type { EnvironmentView, Tier } from './view';

const PROJECT = join(__dirname, '..', '..');
const ALARM_TYPES = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'];

/** How far one row of the checklist is held. */
export interface RowCoverage {
  readonly id: RowId;
  /** Held when every part is, partial when some are. */
  readonly status: 'held' | 'partial' | 'open';
  /** Each part that the row asks for. */
  readonly how: Readonly<Partial<Record<Part, 'held' | 'open'>>>;
  /** Controls that claim any part of it. */
  readonly controls: readonly string[];
}

/** A part that is claimed and yet not held, or not claimed at all. */
export interface OpenPart {
  readonly row: RowId;
  readonly part: Part;
  /** What it still lacks, in words. */
  readonly lacks: string;
  /** Whether any control claims it. */
  readonly claimed: boolean;
}

const UNCLAIMED = 'no control holds it yet';

export interface CoverageOptions {
  readonly tier: Tier;
  /** Controls whose findings an exception lets through: what they claim is not held. @default - none */
  readonly excepted?: ReadonlySet<string>;
}

/** Every row of the checklist for a tier: a part is held when controls claim it, it lacks nothing, and tests prove it. */
export function coverage(controls: readonly Control[], options: CoverageOptions): readonly RowCoverage[] {
  const judge = judgeOf(controls, options);
  return rowIds.map((id) => {
    const parts = checklist[id].how.map((part) => [part, judge(id, part) === undefined ? 'held' : 'open'] as const);
    const held = parts.filter(([, status]) => status === 'held').length;
    return {
      id,
      status: held === parts.length ? 'held' : held > 0 ? 'partial' : 'open',
      how: Object.fromEntries(parts),
      controls: claiming(controls, id, options.tier).map((control) => control.id),
    };
  });
}

/** Every part that is not held for a tier, with what it lacks. */
export function openParts(controls: readonly Control[], options: CoverageOptions): readonly OpenPart[] {
  const judge = judgeOf(controls, options);
  return rowIds.flatMap((row) =>
    checklist[row].how.flatMap((part) => {
      const lacks = judge(row, part);
      return lacks === undefined ? [] : [{ row, part, lacks, claimed: lacks !== UNCLAIMED }];
    }),
  );
}

/** Tells what a part lacks; nothing when it is held. */
function judgeOf(controls: readonly Control[], options: CoverageOptions) {
  return (id: RowId, part: Part): string | undefined => {
    const row: Row = checklist[id];
    const claims = claiming(controls, id, options.tier).filter((control) =>
      control.holds.includes(`${id}/${part}` as Claim),
    );
    if (claims.length === 0) return UNCLAIMED;
    const lacking = row.lacks?.[part];
    if (lacking !== undefined) return lacking;
    if (part === 'alarm' && !claims.some((control) => proofs.of(control).alarm)) return 'no control requires the alarm';
    return claims
      .map((control) =>
        options.excepted?.has(control.id) ? `an exception lets ${control.id} through` : proofs.of(control).lacks,
      )
      .find((missing) => missing !== undefined);
  };
}

const claiming = (controls: readonly Control[], id: RowId, tier: Tier): readonly Control[] =>
  controls.filter(
    (control) => control.tiers.includes(tier) && control.holds.some((claim) => claim.startsWith(`${id}/`)),
  );

interface Proof {
  /** Why nothing proves that the control works; nothing when its tests do. */
  readonly lacks: string | undefined;
  /** Whether it requires an alarm. */
  readonly alarm: boolean;
}

/** Proofs, once for each control: several environments ask for the same. */
const proofs = {
  known: new WeakMap<Control, Proof>(),
  of(control: Control): Proof {
    const known = this.known.get(control);
    if (known) return known;
    const proof = { lacks: unproven(control), alarm: requiresAlarm(control) };
    this.known.set(control, proof);
    return proof;
  },
};

/** Whether a rule refuses an environment that it passed, once its alarms are gone. */
const requiresAlarm = (control: Control): boolean =>
  isRule(control) &&
  control.fixtures.pass.some(
    ({ environment }) =>
      ALARM_TYPES.some((type) => environment.ofType(type).length > 0) &&
      control.check(withoutAlarms(environment)).length > 0,
  );

function withoutAlarms(environment: EnvironmentView): EnvironmentView {
  const silent = Object.entries(environment.templates).map(([stack, template]) => {
    const resources = Object.entries(template.Resources ?? {}).filter(([, { Type }]) => !ALARM_TYPES.includes(Type));
    return [stack, { ...template, Resources: Object.fromEntries(resources) }];
  });
  return environment.with(Object.fromEntries(silent));
}

/** Why nothing proves that a control works; nothing when its tests do. */
function unproven(control: Control): string | undefined {
  if (isRule(control)) return unprovenRule(control);
  const { file, test } = control.evidence;
  const missing = [file, test].find((path) => !existsSync(join(PROJECT, path)));
  if (missing !== undefined) return `${control.id} names ${missing}, which does not exist`;
  return readFileSync(join(PROJECT, test), 'utf8').includes(control.id)
    ? undefined
    : `${test} does not name ${control.id}`;
}

/** A rule is proven by its fixtures: it must pass some and refuse others, here and now. */
function unprovenRule({ id, fixtures, check }: RuleControl): string | undefined {
  if (fixtures.pass.length === 0 || fixtures.refuse.length === 0) return `${id} lacks fixtures of both kinds`;
  const refused = fixtures.pass.find(({ environment }) => check(environment).length > 0);
  if (refused) return `${id} refuses its fixture '${refused.name}'`;
  const passed = fixtures.refuse.find(({ environment }) => check(environment).length === 0);
  return passed && `${id} passes its fixture '${passed.name}'`;
}

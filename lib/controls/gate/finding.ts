import type { RowId } from '../rows';

/** What a pack of checks did not like about one resource, in the one form that the gate settles and prints. */
export interface GateFinding {
  /** Names the check; an exception names it too. Such as `database-encrypted`, `AwsSolutions-S1` or `E3002`. */
  readonly id: string;
  /**
   * What two packs that apply the same rule have in common: the rule's own name. Such findings are one.
   * @default - no other pack has the rule
   */
  readonly same?: string;
  /** Pack that found it. */
  readonly pack: string;
  /** Whether it refuses the synth, or is only reported. */
  readonly gating: boolean;
  /** Checklist rows at stake; none for packs that know nothing of the checklist. */
  readonly rows: readonly RowId[];
  /** What is wrong. */
  readonly description: string;
  /** What goes wrong if it stays; empty where the pack doesn't say. */
  readonly why: string;
  /** What to change; empty where the pack doesn't say. */
  readonly remedy: string;
  /** Construct path of the resource at fault; of the stack, where the finding is about no single resource. */
  readonly resource: string;
  /** Where in the resource, such as `Properties.StorageEncrypted`; empty for all of it. */
  readonly location: string;
  /** File and line that created the resource, relative to the project, where known. */
  readonly source?: string;
}

/**
 * Something wrong that no pack found: an exception that may not stand, a pack that did not do its work, an error that a
 * construct reported.
 */
export interface Problem {
  /** Kind of problem. None can be excepted. */
  readonly id:
    | 'exception-expired'
    | 'exception-unknown'
    | 'exception-unused'
    | 'exception-duplicate'
    | 'exception-malformed'
    | 'exception-misplaced'
    | 'acknowledgement'
    | 'construct-error'
    | 'pack-failed'
    | 'pack-incomplete'
    | 'resource-unseen'
    | 'nothing-judged';
  readonly description: string;
  readonly remedy: string;
  /** Construct path, or the pack's name. */
  readonly resource: string;
  readonly source?: string;
}

/** Findings of the same rule on the same resource are one, by the name of the pack that comes first. */
export function withoutTwins(findings: readonly GateFinding[]): GateFinding[] {
  const seen = new Set<string>();
  return findings.filter(({ same, resource }) => {
    if (same === undefined) return true;
    const key = `${resource}\n${same}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** Environment that a construct path belongs to: its first part. */
export const environmentOf = (constructPath: string): string => constructPath.split('/')[0] ?? '';

/** What decides the place of a finding among others. */
interface Ordered {
  readonly resource: string;
  readonly id: string;
  readonly location?: string;
  readonly description?: string;
}

/** Same input, same order, whichever pack or remembered answer came first: by place, then by check. */
export function inOrder<T extends Ordered>(findings: readonly T[]): T[] {
  const key = (each: T) => [each.resource, each.id, each.location ?? '', each.description ?? ''].join('\n');
  return [...findings].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

import { EXCEPTIONS_METADATA, type Exception, exceptionSchema } from '../except';
import { type GateFinding, inOrder, type Problem, withoutTwins } from './finding';
import { baseOf, type PackRun } from './packs/pack';
import type { Traced } from './proof';
import { type ReplacedFinding, replace } from './replaced';
import type { Subject } from './subject';

/** An exception as it stands in a template, with the resource that it stands on. */
export interface StatedException extends Exception {
  readonly resource: string;
}

/** A finding that an exception lets through. */
export interface ExceptedFinding {
  readonly finding: GateFinding;
  readonly exception: StatedException;
}

export interface Settlement {
  /** Findings that refuse the synth. */
  readonly refused: readonly GateFinding[];
  readonly excepted: readonly ExceptedFinding[];
  /** Findings of a published rule that a control has judged instead. */
  readonly replaced: readonly ReplacedFinding[];
  readonly problems: readonly Problem[];
  /** Exceptions that end within the notice. */
  readonly expiring: readonly StatedException[];
  /** Expired exceptions that the broken glass lets stand. */
  readonly overridden: readonly StatedException[];
}

export interface Terms {
  /** Day to judge by, as YYYY-MM-DD. */
  readonly date: string;
  /** Why expired exceptions may stand this once. @default - they may not */
  readonly breakGlass?: string;
  /** What to type to let them. */
  readonly breakGlassCall: string;
}

/** Days before its end that an exception is announced: two monthly reviews. */
const NOTICE_DAYS = 60;

/** Lays the exceptions against the findings: which are let through, which refuse, and which exceptions may not stand. */
export function settle(subject: Subject, runs: readonly Traced[], terms: Terms): Settlement {
  const found = withoutTwins(runs.filter((run) => run.gating).flatMap((run) => run.findings));
  const { standing: gating, replaced } = replace(inOrder(found), runs);
  const { stated, problems } = exceptionsIn(subject);
  const known = knownIds(runs);
  const overridden: StatedException[] = [];
  const standing = new Map<string, StatedException>();
  for (const exception of stated) {
    const key = keyOf(exception.resource, exception.finding);
    const problem = problemWith(exception, {
      duplicate: standing.has(key),
      used: gating.some((finding) => keyOf(finding.resource, finding.id) === key),
      known: isKnown(exception.finding, known),
      expired: exception.expires < terms.date && terms.breakGlass === undefined,
      breakGlassCall: terms.breakGlassCall,
    });
    if (problem) problems.push({ ...problem, source: subject.sourceOf(exception.resource) });
    if (problem && problem.id !== 'exception-duplicate') continue;
    standing.set(key, exception);
    if (exception.expires < terms.date) overridden.push(exception);
  }
  const letBy = (finding: GateFinding) => standing.get(keyOf(finding.resource, finding.id));
  return {
    refused: gating.filter((finding) => !letBy(finding)),
    excepted: gating.flatMap((finding) => {
      const exception = letBy(finding);
      return exception ? [{ finding, exception }] : [];
    }),
    replaced,
    problems,
    expiring: [...standing.values()].filter(
      (exception) => exception.expires >= terms.date && exception.expires < addDays(terms.date, NOTICE_DAYS),
    ),
    overridden,
  };
}

/** Every exception in the templates: what reviewers see is what counts. */
function exceptionsIn(subject: Subject): { stated: StatedException[]; problems: Problem[] } {
  const stated: StatedException[] = [];
  const problems: Problem[] = [];
  for (const [stack, template] of subject.templates) {
    for (const [logicalId, rendered] of Object.entries(template.Resources ?? {})) {
      const metadata = rendered.Metadata?.[EXCEPTIONS_METADATA];
      if (metadata === undefined) continue;
      const resource = subject.pathOf(stack, logicalId) ?? `${stack}/${logicalId}`;
      for (const entry of Array.isArray(metadata) ? metadata : [metadata]) {
        const parsed = exceptionSchema.safeParse(entry);
        if (parsed.success) stated.push({ ...parsed.data, resource });
        else
          problems.push({
            id: 'exception-malformed',
            description: `an exception that is not one: ${parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}`,
            remedy: 'State it with except(), which checks its fields.',
            resource,
            source: subject.sourceOf(resource),
          });
      }
    }
  }
  return {
    stated: inOrder(stated.map((each) => ({ ...each, id: each.finding }))).map(({ id: _, ...each }) => each),
    problems,
  };
}

interface Standing {
  readonly duplicate: boolean;
  readonly used: boolean;
  readonly known: boolean;
  readonly expired: boolean;
  readonly breakGlassCall: string;
}

function problemWith(exception: StatedException, standing: Standing): Omit<Problem, 'source'> | undefined {
  const { resource, finding } = exception;
  if (!standing.known)
    return {
      id: 'exception-unknown',
      description: `an exception for ${finding}, which no gating check is called`,
      remedy:
        'Use the id that the refusal prints: of a control the name after the row, not the row. Packs that only report need no exception.',
      resource,
    };
  if (!standing.used)
    return {
      id: 'exception-unused',
      description: `an exception for ${finding}, which is not found here (any more)`,
      remedy: "Delete it from the environment's file, or the except() that states it.",
      resource,
    };
  if (standing.duplicate)
    return {
      id: 'exception-duplicate',
      description: `a second exception for ${finding}`,
      remedy: 'Keep one of them: environment file or construct.',
      resource,
    };
  if (standing.expired)
    return {
      id: 'exception-expired',
      description: `the exception for ${finding} ended on ${exception.expires} (${exception.owner}: ${exception.reason})`,
      remedy: `Mend the finding, or let ${exception.owner} argue it anew with a later date. In an incident: ${standing.breakGlassCall}.`,
      resource,
    };
  return undefined;
}

interface Known {
  readonly ids: ReadonlySet<string>;
  readonly bases: ReadonlySet<string>;
}

function knownIds(runs: readonly PackRun[]): Known {
  const gating = runs.filter((run) => run.gating);
  return {
    ids: new Set(gating.flatMap((run) => run.findings.map((finding) => finding.id))),
    bases: new Set(gating.flatMap((run) => run.rules)),
  };
}

/** Ids of the CloudFormation engine can't be listed without starting it; they have this form. */
const SCHEMA_ID = /^[EFW]\d{4}$/;

const isKnown = (id: string, known: Known): boolean =>
  known.ids.has(id) || known.bases.has(baseOf(id)) || SCHEMA_ID.test(id);

const keyOf = (resource: string, finding: string): string => `${resource}\n${finding}`;

/** A day some days after another. Both are calendar days; no clock is read. */
function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

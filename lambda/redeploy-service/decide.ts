/** A secret whose current version is not known to run yet. */
export interface Change {
  /** Its name. */
  readonly secret: string;
  /** When its current version became current, or later. */
  readonly at: Date;
}

/** A task that runs. */
export interface Task {
  readonly service: string;
  /** ECS fetches a task's secrets after this moment. */
  readonly createdAt: Date;
}

/** A deployment that was undone. */
export interface Failure {
  readonly service: string;
  readonly at: Date;
}

/** What is so at this moment, as far as it matters for a decision. */
export interface Situation {
  readonly now: Date;
  readonly changes: readonly Change[];
  /** Services that are being deployed. */
  readonly deploying: readonly string[];
  readonly tasks: readonly Task[];
  readonly failures: readonly Failure[];
}

/** What to do now. */
export type Decision =
  /** Every secret's current version runs. */
  | { readonly kind: 'nothing' }
  /** The next run looks again. */
  | { readonly kind: 'wait'; readonly reason: string }
  /** These services have tasks that started before a change. */
  | { readonly kind: 'deploy'; readonly services: readonly string[] }
  /** Every task started after the last change: see who is logged in at the database. */
  | { readonly kind: 'verify' }
  /** Deployments keep failing. */
  | { readonly kind: 'stuck'; readonly services: readonly string[] };

const MINUTE = 60_000;
/** Secrets that rotate on one day follow each other within minutes: one deployment for all of them. */
const QUIET = 5 * MINUTE;
/** No longer than that is waited for quiet. */
const PATIENCE = 30 * MINUTE;
/** A deployment is tried again when what undid the last one may have passed. */
const BETWEEN_TRIES = 30 * MINUTE;
const MOST_TRIES = 3;

/**
 * Decides from what is there, with no memory: so a run may be repeated, lost, or follow one that was cut off anywhere.
 *
 * A change needs a deployment of each service that has a task from before it. A deployment that runs already may have
 * started some tasks before and some after, so its end is waited for.
 */
export function decide({ now, changes, deploying, tasks, failures }: Situation): Decision {
  const moments = changes.map(({ at }) => at.getTime());
  if (moments.length === 0) return { kind: 'nothing' };
  const [first, last] = [Math.min(...moments), Math.max(...moments)];
  if (deploying.length > 0) return { kind: 'wait', reason: `${deploying.join(', ')} is being deployed` };
  const stale = tasks.filter(({ createdAt }) => createdAt.getTime() <= last);
  const services = [...new Set(stale.map(({ service }) => service))].sort();
  if (services.length === 0) return { kind: 'verify' };
  if (now.getTime() - last < QUIET && now.getTime() - first < PATIENCE)
    return { kind: 'wait', reason: 'a secret changed a moment ago; another may follow' };
  const failed = (service: string) => failures.filter((each) => each.service === service && each.at.getTime() > last);
  const given = services.filter((service) => failed(service).length >= MOST_TRIES);
  if (given.length > 0) return { kind: 'stuck', services: given };
  const resting = services.filter((service) =>
    failed(service).some(({ at }) => now.getTime() - at.getTime() < BETWEEN_TRIES),
  );
  const ready = services.filter((service) => !resting.includes(service));
  return ready.length > 0
    ? { kind: 'deploy', services: ready }
    : { kind: 'wait', reason: `the last deployment of ${resting.join(', ')} was undone` };
}

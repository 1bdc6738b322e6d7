import type { GateFinding, Problem } from './finding';
import type { Pack, PackRun } from './packs/pack';
import type { Subject } from './subject';

/** What a pack did, with the line at fault of each finding. */
export interface Traced extends PackRun {
  readonly findings: readonly GateFinding[];
}

/** What the packs did, and what keeps that from being proof that everything was judged. */
export interface Work {
  readonly runs: readonly Traced[];
  readonly problems: readonly Problem[];
}

/**
 * Runs every pack and proves that each looked at every resource. Silence is no pass: a pack that threw, ran on
 * nothing or left something out refuses the synth, and so does whatever would hide a finding from it.
 */
export function work(subject: Subject, packs: readonly Pack[]): Work {
  const runs: Traced[] = [];
  const problems: Problem[] = [...foreign(subject), ...errors(subject), ...unseen(subject)];
  for (const pack of packs) {
    try {
      const run = pack.run(subject);
      runs.push(traced(subject, run));
      problems.push(...incomplete(subject, run));
    } catch (error) {
      problems.push({
        id: 'pack-failed',
        description: `could not judge: ${error instanceof Error ? error.message : String(error)}`,
        remedy: NOT_PROVEN,
        resource: pack.name,
      });
    }
  }
  if (subject.resources.size === 0 || !runs.some((run) => run.gating)) {
    problems.push({
      id: 'nothing-judged',
      description: `${subject.resources.size} resources and ${runs.length} packs`,
      remedy: 'Choose at least one environment. An empty report is no pass.',
      resource: 'the app',
    });
  }
  return { runs, problems };
}

const NOT_PROVEN = 'A check that did not run proves nothing: mend it before anything is deployed.';

/** Acknowledgements of the CDK: they hide findings from a report, and have neither owner nor end. */
function foreign(subject: Subject): Problem[] {
  return subject.acknowledgements.map((each) => ({
    id: 'acknowledgement',
    description: `acknowledges ${each.ids.join(', ')}, with neither owner nor end`,
    remedy: 'Remove it, and state an exception with except() beside the resource.',
    resource: each.construct,
  }));
}

/** Errors that constructs reported: the CDK's command line tells of those in the selected stacks, and can ignore them. */
function errors(subject: Subject): Problem[] {
  return subject.errors.map((each) => ({
    id: 'construct-error',
    description: `reports an error: ${each.message}`,
    remedy: 'Mend what it names. An error can be neither ignored nor excepted.',
    resource: each.construct,
    source: subject.sourceOf(each.construct),
  }));
}

/** Resources that stand in the tree but in no template that the gate was given, or the other way round. */
function unseen(subject: Subject): Problem[] {
  const rendered = new Set<string>();
  const problems: Problem[] = [];
  for (const [stack, template] of subject.templates) {
    for (const logicalId of Object.keys(template.Resources ?? {})) {
      const path = subject.pathOf(stack, logicalId);
      if (path) rendered.add(path);
      else
        problems.push({
          id: 'resource-unseen',
          description: 'stands in the template, but no construct made it: packs that read constructs have not seen it',
          remedy: 'Make it with a construct.',
          resource: `${stack}/${logicalId}`,
        });
    }
  }
  for (const path of subject.resources.keys()) {
    if (rendered.has(path)) continue;
    problems.push({
      id: 'resource-unseen',
      description: 'stands in no template that the gate was given: rules that read templates have not seen it',
      remedy: 'Put it into a stack of the environment. A nested stack can not be judged.',
      resource: path,
      source: subject.sourceOf(path),
    });
  }
  return problems;
}

function traced(subject: Subject, run: PackRun): Traced {
  const findings = run.findings.map((found) => ({
    ...found,
    source: subject.sourceOf(found.resource, found.location),
  }));
  return { ...run, findings };
}

function incomplete(subject: Subject, run: PackRun): Problem[] {
  const judged = new Set(run.judged);
  const expected = [...subject.resources.keys()];
  const missed = expected.filter((path) => !judged.has(path));
  if (missed.length === 0 && (judged.size > 0 || expected.length === 0)) return [];
  return [
    {
      id: 'pack-incomplete',
      description: `looked at ${expected.length - missed.length} of ${expected.length} resources, not at ${missed[0]}`,
      remedy: NOT_PROVEN,
      resource: run.name,
    },
  ];
}

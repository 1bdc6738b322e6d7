import { isRule, type RuleControl } from '../../control';
import { controls } from '../../find';
import type { EnvironmentView, TierOf } from '../../view';
import { replacements } from '../replaced';
import { described, environments, findingsIn, imagesOf, rowsOf } from './judge';
import { KIT_PACKAGE, type Pack, type PackRun, versionOf } from './pack';

/**
 * The kit's own controls, over the rendered templates.
 *
 * @param rules gives the controls; asked only when there is something to judge, for loading them takes a while
 */
export function ownPack(tierOf: TierOf, rules: () => readonly RuleControl[] = () => controls().filter(isRule)): Pack {
  const name = 'Breakwater';
  return {
    name,
    gating: true,
    run: (subject) => {
      const views = environments(
        subject.context.appConstruct,
        tierOf,
        (stack) => subject.templates.get(stack.node.path),
        { pathOf: (stack, logicalId) => subject.pathOf(stack, logicalId), images: imagesOf(subject.context) },
      );
      const known = rules();
      return {
        name,
        version: versionOf(KIT_PACKAGE),
        gating: true,
        rules: known.map(({ id }) => id),
        judged: views.flatMap((view) => view.resources.map((resource) => resource.path)),
        guarded: guardedIn(views, known),
        findings: views
          .flatMap((view) => findingsIn(view, known))
          .map((each) => ({
            id: each.rule.id,
            pack: name,
            gating: true,
            rows: rowsOf(each.rule),
            description: described(each),
            why: each.rule.why,
            remedy: each.rule.remedy,
            resource: each.finding.resource.path,
            location: each.finding.location,
          })),
      };
    },
  };
}

function guardedIn(views: readonly EnvironmentView[], rules: readonly RuleControl[]): PackRun['guarded'] {
  const judges = rules.filter(({ id }) => replacements.some(({ by }) => by === id));
  return Object.fromEntries(
    judges.map(({ id, tiers, protects }) => {
      const types = new Set(protects.map(({ type }) => type));
      const inForce = views.filter((view) => tiers.includes(view.tier));
      return [id, inForce.flatMap((view) => [...types].flatMap((type) => view.ofType(type).map(({ path }) => path)))];
    }),
  );
}

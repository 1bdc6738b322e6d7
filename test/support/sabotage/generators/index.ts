import type { EnvironmentView, Json, Resource } from '../../../../lib/controls/view';
import type { Sabotage } from '../sabotage';
import { apply, ChangedNothing, same, valueAt } from '../sabotage';
import { type Mutation, type Site, type SiteGenerator, sitesOf } from '../site';
import { silenced } from './alarms';
import { appended } from './appended';
import { attributeChanges } from './attributes';
import { commandsWrapped } from './commands';
import { containersLoosened } from './containers';
import { hidden } from './hidden';
import { hostileProperties } from './hostile-properties';
import { hostileResources } from './hostile-resources';
import { namedTwice, settingsAdded, steered } from './named-values';
import { groupToNetwork, opened, ports } from './network';
import { statementsAdded, widened } from './policies';
import { references } from './references';
import { flipped, numbers, words } from './scalars';
import { fromSibling, literal, otherTier } from './siblings';
import { refusalsTurned, respelled, statementsBeside } from './statements';
import { emptied, removed, undone } from './structure';
import { templateChanges } from './templates';

/** Everything that can be done to one value. A new resource is covered because its values are like the others. */
const siteGenerators: readonly SiteGenerator[] = [
  flipped,
  numbers,
  words,
  removed,
  emptied,
  undone,
  opened,
  ports,
  groupToNetwork,
  references,
  widened,
  statementsAdded,
  silenced,
  containersLoosened,
  appended,
  respelled,
  refusalsTurned,
  statementsBeside,
  settingsAdded,
  namedTwice,
  steered,
  commandsWrapped,
  fromSibling,
  otherTier,
  literal,
  hidden,
];

/** Every sabotage of an environment, in the order of its templates. */
export function sabotagesOf(view: EnvironmentView): readonly Sabotage[] {
  return numbered([
    ...view.resources.flatMap((resource) => ofResource(view, resource)),
    ...hostileResources(view),
    ...templateChanges(view).filter((each) => changes(view, each)),
  ]);
}

/** Long values are cut in ids, so that two may look alike: the later ones are numbered. */
function numbered(sabotages: readonly Sabotage[]): readonly Sabotage[] {
  const seen = new Map<string, number>();
  return sabotages.map((each) => {
    const times = (seen.get(each.id) ?? 0) + 1;
    seen.set(each.id, times);
    return times === 1 ? each : { ...each, id: `${each.id} (${times})` };
  });
}

function ofResource(view: EnvironmentView, resource: Resource): readonly Sabotage[] {
  return [
    ...sitesOf(view, resource).flatMap((site) => ofSite(site)),
    ...added(view, resource),
    ...lifecycle(view, resource),
    ...attributeChanges(view, resource).map(({ path, kind, before, after, edits }) =>
      sabotage(resource, path, kind, before, after, edits),
    ),
  ];
}

function ofSite(site: Site): readonly Sabotage[] {
  const seen: (Json | undefined)[] = [site.value];
  return siteGenerators
    .flatMap((generator) => generator(site))
    .filter((mutation) => {
      // Two generators may come upon the same value, or upon the one that stands.
      if (seen.some((each) => same(each, mutation.to))) return false;
      seen.push(mutation.to);
      return true;
    })
    .map((mutation) => onProperty(site.resource, site.path, site.value, mutation));
}

function onProperty(
  resource: Resource,
  path: readonly (string | number)[],
  before: Json | undefined,
  mutation: Mutation,
): Sabotage {
  return sabotage(resource, path.join('.'), mutation.kind, before, mutation.to, [
    ...(mutation.also ?? []),
    { at: [resource.stack, 'Resources', resource.logicalId, 'Properties', ...path], to: mutation.to },
  ]);
}

function added(view: EnvironmentView, resource: Resource): readonly Sabotage[] {
  return Object.entries(hostileProperties[resource.type] ?? {})
    .map(([path, to]) =>
      onProperty(resource, path.split('.'), valueAt(resource.properties, path.split('.')), {
        kind: 'hostile property set',
        to,
      }),
    )
    .filter((each) => changes(view, each));
}

function changes(view: EnvironmentView, each: Sabotage): boolean {
  try {
    apply(view.templates, each);
    return true;
  } catch (error) {
    if (error instanceof ChangedNothing) return false;
    throw error;
  }
}

/** The resource goes, or loses what protects it from going. */
function lifecycle(view: EnvironmentView, resource: Resource): readonly Sabotage[] {
  const root = [resource.stack, 'Resources', resource.logicalId];
  const raw = valueAt(view.templates, root) as Record<string, Json>;
  const policies = ['DeletionPolicy', 'UpdateReplacePolicy'].flatMap((name) => {
    const stands = raw[name];
    if (stands === undefined || stands === 'Delete') return [];
    const attribute = (kind: string, to?: Json) =>
      sabotage(resource, `^${name}`, kind, stands, to, [{ at: [...root, name], to }]);
    return [attribute('policy removed'), attribute('policy to Delete', 'Delete')];
  });
  return [
    sabotage(resource, '', 'resource deleted', undefined, undefined, [{ at: root }]),
    sabotage(resource, '^Condition', 'condition added', undefined, 'Never', [
      { at: [resource.stack, 'Conditions'], to: { Never: { 'Fn::Equals': ['a', 'b'] } } },
      { at: [...root, 'Condition'], to: 'Never' },
    ]),
    ...policies,
  ];
}

function sabotage(
  resource: Resource,
  path: string,
  kind: string,
  before: Json | undefined,
  after: Json | undefined,
  edits: Sabotage['edits'],
): Sabotage {
  const { stack, logicalId, type } = resource;
  const change = path === '' ? 'deleted' : `${brief(before)} → ${brief(after)}`;
  return {
    id: `${stack}/${logicalId}${path && `.${path}`}: ${kind}: ${brief(after)}`,
    kind,
    stack,
    logicalId,
    type,
    path,
    change,
    before,
    after,
    edits,
  };
}

function brief(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 90 ? `${text.slice(0, 60)}…${text.slice(-28)}` : text;
}

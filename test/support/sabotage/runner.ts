import type { Finding, Protected, RuleControl } from '../../../lib/controls/control';
import { EXCEPTIONS_METADATA } from '../../../lib/controls/except';
import { asList, asObject, EnvironmentView } from '../../../lib/controls/view';
import { type Dependencies, dependenciesOf } from './dependencies';
import { apply, type Sabotage, TEMPLATE, type Templates } from './sabotage';

/** What became of one sabotage. */
export interface Verdict {
  readonly sabotage: Sabotage;
  /** Controls that refuse it, by id; empty when it survived. */
  readonly killedBy: readonly string[];
  /** Controls that protect what was changed, by id. */
  readonly protectedBy: readonly string[];
  /** One of the findings is about the changed resource or one that it is tied to by a reference. */
  readonly named: boolean;
}

/** A finding's identity while a baseline is subtracted. */
type Key = string;

/**
 * Judges sabotages of one environment by the rules of its tier. A finding counts when the untouched environment
 * doesn't have it and no exception stated in the template covers it.
 */
export class Runner {
  /** Controls that threw instead of answering, by id, and what. */
  readonly broken = new Map<string, string>();
  /** Milliseconds spent in each control. */
  readonly cost = new Map<string, number>();
  private readonly rules: readonly RuleControl[];
  private readonly baseline: ReadonlySet<Key>;
  private readonly excepted: ReadonlySet<Key>;
  private readonly dependencies: ReadonlyMap<RuleControl, Dependencies>;
  private readonly protectors = new Map<string, string[]>();

  readonly view: EnvironmentView;

  constructor(untouched: EnvironmentView, rules: readonly RuleControl[]) {
    // As the gate does: where a resource stands is told by the constructs, whatever its metadata says.
    const paths = new Map(untouched.resources.map((each) => [`${each.stack}/${each.logicalId}`, each.path]));
    const pathOf = (stack: string, logicalId: string) => paths.get(`${stack}/${logicalId}`);
    const view = new EnvironmentView(untouched.name, untouched.tier, untouched.templates, {
      ...untouched.options,
      pathOf,
    });
    this.view = view;
    this.rules = rules.filter((rule) => rule.tiers.includes(view.tier));
    this.excepted = new Set(
      view.resources.flatMap((resource) =>
        asList(resource.metadata[EXCEPTIONS_METADATA]).map((each) => `${asObject(each).finding}|${resource.path}`),
      ),
    );
    this.dependencies = new Map(this.rules.map((rule) => [rule, dependenciesOf(rule, view)]));
    this.baseline = new Set(this.findings(view, this.rules).map((each) => each.key));
    this.cost.clear();
    for (const rule of this.rules) for (const each of rule.protects) this.remember(rule.id, each);
  }

  /** Findings of the untouched environment that no exception covers: none, once an environment is whole. */
  get standing(): readonly string[] {
    return [...this.baseline];
  }

  /** @throws ChangedNothing when the sabotage is none */
  judge(sabotage: Sabotage): Verdict {
    const weakened = this.view.with(apply(this.view.templates, sabotage));
    const found = this.findings(weakened, this.concernedBy(sabotage)).filter((each) => !this.baseline.has(each.key));
    return {
      sabotage,
      killedBy: [...new Set(found.map((each) => each.rule))],
      protectedBy: this.protectorsOf(sabotage),
      named: this.isNamed(
        sabotage,
        weakened,
        found.map((each) => each.place),
      ),
    };
  }

  /** Controls that refuse other templates in place of the untouched ones, by id. */
  refusedBy(templates: Templates): readonly string[] {
    const found = this.findings(this.view.with(templates), this.rules);
    return [...new Set(found.filter(({ key }) => !this.baseline.has(key)).map(({ rule }) => rule))];
  }

  /** A rule that throws refuses too, but tells nobody what is wrong. */
  private attempt(rule: RuleControl, view: EnvironmentView): readonly Finding[] {
    try {
      return rule.check(view);
    } catch (error) {
      this.broken.set(rule.id, String(error));
      const [resource] = view.resources;
      return resource ? [{ resource, location: '', found: String(error), expected: 'an answer' }] : [];
    }
  }

  /** Rules whose answer the sabotage may alter. */
  private concernedBy({ type }: Sabotage): readonly RuleControl[] {
    if (type === TEMPLATE) return this.rules;
    return this.rules.filter((rule) => {
      const dependencies = this.dependencies.get(rule);
      return dependencies === undefined || dependencies === 'everything' || dependencies.has(type);
    });
  }

  private findings(
    view: EnvironmentView,
    rules: readonly RuleControl[],
  ): readonly { rule: string; place: string; key: Key }[] {
    return rules.flatMap((rule) => {
      const start = performance.now();
      const findings = this.attempt(rule, view);
      this.cost.set(rule.id, (this.cost.get(rule.id) ?? 0) + performance.now() - start);
      return findings
        .filter(({ resource }) => !this.excepted.has(`${rule.id}|${resource.path}`))
        .map(({ resource, location, found }) => ({
          rule: rule.id,
          place: `${resource.stack}/${resource.logicalId}`,
          key: `${rule.id}|${resource.path}|${location}|${found}`,
        }));
    });
  }

  /** Whether one of the places is the changed resource, refers to it, or is referred to by it, before or after. */
  private isNamed(sabotage: Sabotage, weakened: EnvironmentView, places: readonly string[]): boolean {
    // Outside the resources there is nothing to name but the stack, and whoever takes a value from it.
    if (sabotage.type === TEMPLATE) return places.length > 0;
    const here = `${sabotage.stack}/${sabotage.logicalId}`;
    if (places.length === 0 || places.includes(here)) return places.length > 0;
    return [this.view, weakened].some((view) =>
      ties(view).some(([from, to]) => (from === here && places.includes(to)) || (to === here && places.includes(from))),
    );
  }

  private remember(id: string, { type, properties }: Protected): void {
    for (const property of properties.length > 0 ? properties : ['']) {
      const key = `${type}|${unnumbered(property)}`;
      this.protectors.set(key, [...(this.protectors.get(key) ?? []), id]);
    }
  }

  /** A control protects what stands at its property or below it. Places in a list don't count. */
  private protectorsOf({ type, path, added }: Sabotage): readonly string[] {
    if (added) return [];
    const parts = unnumbered(path).split('.');
    const ids = parts.flatMap((_, end) => this.protectors.get(`${type}|${parts.slice(0, end + 1).join('.')}`) ?? []);
    return [...new Set(ids)];
  }
}

const unnumbered = (path: string): string => path.replace(/\.\d+(?=\.|$)/g, '');

const tiesOf = new WeakMap<EnvironmentView, readonly (readonly [string, string])[]>();

/** Who refers to whom. */
function ties(view: EnvironmentView): readonly (readonly [string, string])[] {
  const known = tiesOf.get(view);
  if (known) return known;
  const found = view.resources.flatMap((resource) =>
    view
      .targets(resource.properties, resource)
      .map((target) => [`${resource.stack}/${resource.logicalId}`, `${target.stack}/${target.logicalId}`] as const),
  );
  tiesOf.set(view, found);
  return found;
}

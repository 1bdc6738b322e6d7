import type { RuleControl } from '../../../lib/controls/control';
import type { EnvironmentView, Json, Resource } from '../../../lib/controls/view';

/** Resource types that a rule looked at; everything, when it went through all resources. */
export type Dependencies = ReadonlySet<string> | 'everything';

/**
 * What a rule's answer about an environment rests on. A change to resources of another type can't alter it: the rule
 * would read the same values and come to the same end. Asking only the rules concerned makes thousands of sabotages
 * a matter of seconds.
 */
export function dependenciesOf(rule: RuleControl, view: EnvironmentView): Dependencies {
  const types = new Set<string>();
  let everything = false;
  const seen = (resources: readonly (Resource | undefined)[]): void => {
    for (const resource of resources) if (resource) types.add(resource.type);
  };
  const watched = {
    ofType: (type: string) => {
      types.add(type);
      return view.ofType(type);
    },
    target: (value: Json | undefined, from: { readonly stack: string }) => {
      const target = view.target(value, from);
      seen([target]);
      return target;
    },
    targets: (value: Json | undefined, from: { readonly stack: string }) => {
      const targets = view.targets(value, from);
      seen(targets);
      return targets;
    },
    // Text is put together from the value itself and from exports, which no sabotage changes.
    text: (value: Json | undefined) => view.text(value),
    // No sabotage of a template changes the files of an image; which image a container has, the rule read before.
    imageFolder: (image: Json | undefined) => view.imageFolder(image),
    name: view.name,
    tier: view.tier,
  };
  rule.check(
    new Proxy(view, {
      get: (_target, property) => {
        if (property in watched) return watched[property as keyof typeof watched];
        everything = true;
        return Reflect.get(view, property);
      },
    }),
  );
  return everything ? 'everything' : types;
}

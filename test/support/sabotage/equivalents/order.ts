import { asList, type EnvironmentView, type Json, type Resource } from '../../../../lib/controls/view';
import type { Equivalent } from './change';

/** Parts of the same stack that a part waits for, by what it refers to and what it depends on, and they in turn. */
function waitsFor(start: Resource, view: EnvironmentView, without: ReadonlySet<string>): ReadonlySet<string> {
  const seen = new Set<string>();
  const visit = (part: Resource, except: ReadonlySet<string>): void => {
    const stated = view.templates[part.stack]?.Resources?.[part.logicalId]?.DependsOn as Json | undefined;
    const next = [
      ...view.targets(part.properties, part).filter(({ stack }) => stack === part.stack),
      ...asList(stated)
        .filter((id) => !except.has(String(id)))
        .flatMap((id) => view.target({ Ref: id }, part) ?? []),
    ];
    for (const each of next) {
      if (seen.has(each.logicalId)) continue;
      seen.add(each.logicalId);
      visit(each, new Set());
    }
  };
  visit(start, without);
  return seen;
}

const NEEDED_BY_NOBODY = /^AWS::(CloudWatch::Alarm|ApplicationAutoScaling::ScalingPolicy)$/;

/** Of the order in which parts are made. Every entry is read by reviewers: keep it narrow and say why. */
export const order: readonly Equivalent[] = [
  {
    type: /^AWS::IAM::(ManagedPolicy|Policy|Role)$/,
    path: /^\^DependsOn$/,
    when: () => true,
    why: 'Rights do nothing by themselves: what uses them waits for them, and is refused when it does not.',
  },
  {
    type: /^AWS::(Logs::LogGroup|SQS::Queue)$/,
    path: /^\^DependsOn$/,
    when: () => true,
    why: 'A log or a queue does nothing by itself: whenever it is made, it is there for whoever refers to it.',
  },
  {
    type: /./,
    path: /^\^DependsOn$/,
    when: ({ before, stack }, _properties, view) =>
      asList(before).every((id) => NEEDED_BY_NOBODY.test(view.target({ Ref: String(id) }, { stack })?.type ?? '')),
    why: 'What watches or scales is needed by no part that is made: it is named because a construct is waited for as a whole.',
  },
  {
    type: /./,
    path: /^\^DependsOn$/,
    when: ({ before, stack, logicalId }, _properties, view) => {
      const part = view.target({ Ref: logicalId }, { stack });
      const gone = asList(before).map(String);
      const left = part && waitsFor(part, view, new Set(gone));
      return left !== undefined && gone.every((id) => left.has(id));
    },
    why: 'The part waits for it in any case: it refers to it, or to something that waits for it.',
  },
];

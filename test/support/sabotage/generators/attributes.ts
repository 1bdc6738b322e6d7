import type { EnvironmentView, Json, JsonObject, Resource } from '../../../../lib/controls/view';
import { type Edit, valueAt } from '../sabotage';

/** A change of a resource beside its properties. */
export interface AttributeChange {
  /** Such as `^DependsOn`. */
  readonly path: string;
  readonly kind: string;
  readonly before?: Json;
  readonly after?: Json;
  readonly edits: readonly Edit[];
}

const ALARM = 'Breakwater::Alarm';

/** What stands beside a resource's properties: order, what the kit notes about it, how CloudFormation makes it. */
export function attributeChanges(view: EnvironmentView, resource: Resource): readonly AttributeChange[] {
  const root = [resource.stack, 'Resources', resource.logicalId];
  const raw = valueAt(view.templates, root) as JsonObject;
  return [
    ...order(root, raw.DependsOn),
    ...retention(root, raw),
    ...notes(root, resource.metadata),
    // What CloudFormation would do with them is the same for every resource: one of each type is asked.
    ...(view.ofType(resource.type)[0] === resource ? made(root) : []),
  ];
}

function order(root: Edit['at'], dependsOn: Json | undefined): readonly AttributeChange[] {
  if (dependsOn === undefined) return [];
  const list = Array.isArray(dependsOn) ? (dependsOn as readonly Json[]) : [dependsOn];
  const change = (kind: string, before: Json, after?: Json): AttributeChange => ({
    path: '^DependsOn',
    kind,
    before,
    after,
    edits: [{ at: [...root, 'DependsOn'], to: after }],
  });
  return [
    change('order removed', list),
    ...(list.length > 1
      ? list.map((gone) =>
          change(
            'dependency dropped',
            gone,
            list.filter((each) => each !== gone),
          ),
        )
      : []),
  ];
}

function retention(root: Edit['at'], raw: JsonObject): readonly AttributeChange[] {
  return ['DeletionPolicy', 'UpdateReplacePolicy'].flatMap((name): AttributeChange[] => {
    const before = raw[name];
    if (before === undefined || before === 'Delete') return [];
    return [
      {
        path: `^${name}`,
        kind: 'policy to Snapshot',
        before,
        after: 'Snapshot',
        edits: [{ at: [...root, name], to: 'Snapshot' }],
      },
    ];
  });
}

/** What the registrar notes with an alarm: who is told, and which page helps. */
function notes(root: Edit['at'], metadata: JsonObject): readonly AttributeChange[] {
  const noted = metadata[ALARM] as JsonObject | undefined;
  if (!noted) return [];
  const change = (kind: string, name: string, after?: Json): AttributeChange => ({
    path: `^Metadata.${ALARM}.${name}`,
    kind,
    before: noted[name],
    after,
    edits: [{ at: [...root, 'Metadata', ALARM, name], to: after }],
  });
  return [
    { path: `^Metadata.${ALARM}`, kind: 'note removed', before: noted, edits: [{ at: [...root, 'Metadata', ALARM] }] },
    change('severity changed', 'severity', noted.severity === 'warning' ? 'critical' : 'warning'),
    change('runbook changed', 'runbook', 'somewhere-else'),
    change('rows emptied', 'rows', []),
  ];
}

function made(root: Edit['at']): readonly AttributeChange[] {
  const attributes: Readonly<Record<string, Json>> = {
    CreationPolicy: { ResourceSignal: { Count: 0 } },
    UpdatePolicy: { UseOnlineResharding: true },
    Type: 'AWS::CloudFormation::WaitConditionHandle',
  };
  return Object.entries(attributes).map(([name, to]) => ({
    path: `^${name}`,
    kind: `${name} set`,
    after: to,
    edits: [{ at: [...root, name], to }],
  }));
}

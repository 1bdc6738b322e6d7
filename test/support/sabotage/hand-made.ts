import { asList, asObject, type Json, type JsonObject } from '../../../lib/controls/view';
import { apply, type Edit, type Path, type Templates, valueAt } from './sabotage';

/** A weakening that somebody thought of: what an operator in a hurry or a pull request with a purpose would write. */
export interface HandMade {
  readonly what: string;
  /** What it would bring whoever wrote it, or cost everybody else. */
  readonly why: string;
  readonly steps: readonly Step[];
}

/** One change of the templates. */
export type Step = (templates: Templates) => Templates;

/** A reference to a part by its name, such as `data/SecretsKey`, across stacks too; an attribute, or what `Ref` gives. */
export type Ref = (part: string, attribute?: string) => Json;
type Value = Json | ((ref: Ref) => Json);
type Change = (value: Json | undefined, ref: Ref) => Json | undefined;

export const made = (what: string, why: string, ...steps: readonly Step[]): HandMade => ({ what, why, steps });

/** The templates with all steps done. @throws when a step names nothing, or changes nothing */
export const weakened = (templates: Templates, { steps }: HandMade): Templates =>
  steps.reduce((before, step) => step(before), templates);

/**
 * Changes what stands at a place of a part.
 *
 * @param part stack and logical id, its hash left out: `service/WebService`
 * @param path dotted, below `Properties`; `^` and a name for an attribute
 */
export const change =
  (part: string, path: string, to: Change): Step =>
  (templates) => {
    const [stack, logicalId] = find(templates, part);
    const below = path.startsWith('^') ? path.slice(1).split('.') : ['Properties', ...path.split('.')];
    const at: Path = [stack, 'Resources', logicalId, ...below];
    const also: Edit[] = [];
    const value = to(valueAt(templates, at), referring(templates, stack, also));
    return apply(templates, { id: `${part}.${path}`, edits: [...also, { at, to: value }] });
  };

export const set = (part: string, path: string, to: Value): Step =>
  change(part, path, (_value, ref) => (typeof to === 'function' ? to(ref) : to));

export const remove = (part: string, path: string): Step => change(part, path, () => undefined);

export const append = (part: string, path: string, item: Value): Step =>
  change(part, path, (value, ref) => [...asList(value), typeof item === 'function' ? item(ref) : item]);

/** Adds entries to an object, or takes their place. */
export const merge = (part: string, path: string, entries: JsonObject): Step =>
  change(part, path, (value) => ({ ...asObject(value), ...entries }));

/** Adds a resource. */
export const added =
  (stack: string, make: (ref: Ref) => JsonObject): Step =>
  (templates) => {
    const also: Edit[] = [];
    const to = make(referring(templates, stack, also));
    return apply(templates, { id: stack, edits: [...also, { at: [stack, 'Resources', 'HandMade'], to }] });
  };

/** Sets what stands outside the resources; nothing takes it away. */
export const section =
  (stack: string, path: string, to?: Json): Step =>
  (templates) =>
    apply(templates, { id: path, edits: [{ at: [stack, ...path.split('.')], to }] });

/** Lets an output lead elsewhere. */
export const output =
  (stack: string, name: string, to: Value): Step =>
  (templates) => {
    const also: Edit[] = [];
    const value = typeof to === 'function' ? to(referring(templates, stack, also)) : to;
    return apply(templates, { id: name, edits: [...also, { at: [stack, 'Outputs', name, 'Value'], to: value }] });
  };

/** Changes one container of a task. */
export const container = (task: string, name: string, to: (container: JsonObject, ref: Ref) => JsonObject): Step =>
  change(task, 'ContainerDefinitions', (list, ref) =>
    asList(list).map((each) => (asObject(each).Name === name ? to(asObject(each), ref) : each)),
  );

/** Sets a variable in a container. */
export const variable = (task: string, name: string, key: string, to: Json): Step =>
  container(task, name, (body) => ({
    ...body,
    Environment: [...asList(body.Environment).filter((each) => asObject(each).Name !== key), { Name: key, Value: to }],
  }));

/** Sets a variable in the app of every task, so that none differs from the others. */
export const everywhere = (key: string, to: Json): readonly Step[] =>
  ['Web', 'Migrate', 'OneOff'].map((task) => variable(`service/Tasks${task}Definition`, 'app', key, to));

/** Sets an attribute of a load balancer or target group. */
export const attribute = (part: string, list: string, Key: string, Value: Json): Step =>
  change(part, list, (value) => [...asList(value).filter((each) => asObject(each).Key !== Key), { Key, Value }]);

function find(templates: Templates, part: string): readonly [stack: string, logicalId: string] {
  const cut = part.lastIndexOf('/');
  const [stack, name] = [part.slice(0, cut), part.slice(cut + 1)];
  const ids = Object.keys(templates[stack]?.Resources ?? {});
  const [id, ...others] = ids.filter((each) => each === name || each.replace(/[0-9A-F]{8}$/, '') === name);
  if (id === undefined || others.length > 0)
    throw new Error(`${part}: ${id === undefined ? 'no' : 'more than one'} such part`);
  return [stack, id];
}

const referring =
  (templates: Templates, from: string, also: Edit[]): Ref =>
  (part, attribute) => {
    const [stack, logicalId] = find(templates, part);
    const direct: Json = attribute === undefined ? { Ref: logicalId } : { 'Fn::GetAtt': [logicalId, attribute] };
    if (stack === from) return direct;
    const name = `hand-made:${logicalId}:${attribute ?? 'Ref'}`;
    const at = [stack, 'Outputs', `HandMade${logicalId}${(attribute ?? '').replace(/\W/g, '')}`];
    const isExported = valueAt(templates, at) !== undefined || also.some((edit) => edit.at.join() === at.join());
    if (!isExported) also.push({ at, to: { Value: direct, Export: { Name: name } } });
    return { 'Fn::ImportValue': name };
  };

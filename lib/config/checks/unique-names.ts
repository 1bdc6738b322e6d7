import { eachOf } from '../mistakes/guarded';
import type { Check, Refusal } from './check';

/** Names that become part of a resource's or a variable's name stand once. */
export const uniqueNames: Check = ({ app, processes }) => [
  ...twice([
    ...eachOf(processes.workers, ({ name }, index) => [{ name, path: ['processes', 'workers', index, 'name'] }]),
    ...eachOf(processes.scheduled, ({ name }, index) => [{ name, path: ['processes', 'scheduled', index, 'name'] }]),
  ]),
  ...twice(eachOf(app.secrets, ({ name }, index) => [{ name, path: ['app', 'secrets', index, 'name'] }])),
  ...twice(eachOf(app.staticFiles, ({ path: name }, index) => [{ name, path: ['app', 'staticFiles', index, 'path'] }])),
];

interface Named {
  readonly name: string;
  readonly path: Refusal['path'];
}

function twice(all: readonly Named[]): readonly Refusal[] {
  return all
    .filter(({ name }, index) => all.findIndex((other) => other.name === name) < index)
    .map(({ name, path }) => ({
      path,
      expected: `another name than '${name}', which stands above already`,
      example: `${name}-2`,
    }));
}

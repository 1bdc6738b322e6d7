import type { Check, Refusal } from './check';

/** Names that become part of a resource's or a variable's name stand once. */
export const uniqueNames: Check = ({ app, processes }) => [
  ...twice([
    ...processes.workers.map(({ name }, index) => ({ name, path: ['processes', 'workers', index, 'name'] })),
    ...processes.scheduled.map(({ name }, index) => ({ name, path: ['processes', 'scheduled', index, 'name'] })),
  ]),
  ...twice(app.secrets.map(({ name }, index) => ({ name, path: ['app', 'secrets', index, 'name'] }))),
  ...twice(app.staticFiles.map(({ path: name }, index) => ({ name, path: ['app', 'staticFiles', index, 'path'] }))),
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

import { placeholders } from './config/parse';
import type { Environment } from './config/schema';

/** Tells which environments still hold placeholders, so that nobody mistakes an example for a plan. */
export function bannerOf(environments: readonly Environment[]): string | undefined {
  const lines = environments.flatMap((environment) => {
    const paths = placeholders(environment).map(({ path }) => path);
    return paths.length === 0 ? [] : [`  ${environment.name}: ${paths.join(', ')}`];
  });
  return lines.length === 0
    ? undefined
    : [
        'Placeholder values stand in for real ones. Templates can be read, not deployed, until they are set:',
        ...lines,
      ].join('\n');
}

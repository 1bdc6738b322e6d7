import { placeholders } from './config/parse';
import type { Environment } from './config/schema';

/** Tells how much in which environments still stands for real values, so that nobody mistakes an example for a plan. */
export function bannerOf(environments: readonly Environment[]): string | undefined {
  const alike = new Map<string, string[]>();
  for (const environment of environments) {
    const paths = placeholders(environment).map(({ path }) => path);
    if (paths.length === 0) continue;
    const text = `${paths.length} in ${sectionsOf(paths).join(', ')}`;
    alike.set(text, [...(alike.get(text) ?? []), environment.name]);
  }
  return alike.size === 0
    ? undefined
    : [
        'Placeholders stand for real values; until they are set, templates can be read, not deployed:',
        ...[...alike].map(([text, names]) => `  ${names.join(', ')}: ${text}`),
        'npm start shows what to do next.',
      ].join('\n');
}

/** The sections of an environment's file in which these paths are: `contacts` of `contacts.critical[0]`. */
export const sectionsOf = (paths: readonly string[]): readonly string[] => [
  ...new Set(paths.map((path) => path.replace(/[.[].*$/, ''))),
];

import { eachOf } from '../mistakes/guarded';
import { kitSettings, overridableSettings, providedSettings } from '../provided-settings';
import type { Check } from './check';

/** Every setting that the app says it needs is there, and a missing one is named (row C12). */
export const requiredSettings: Check = (environment) => {
  const { app } = environment;
  const there = new Set([...providedSettings(environment), ...Object.keys(app.variables)]);
  return eachOf(app.requiredSettings, (name, index) =>
    there.has(name)
      ? []
      : [
          {
            path: ['app', 'requiredSettings', index],
            expected: `a setting that the app gets: add ${name} to app.variables, or to app.secrets when it is a secret${hint(name)}`,
            example: { secrets: [{ name, purpose: 'Whose key it is and what it opens' }] },
          },
        ],
  );
};

/** Settings that the kit gives once a section is switched on. */
const hint = (name: string): string => {
  if (name.startsWith('REDIS_')) return '; REDIS_… come with cache: { enabled: true }';
  return name.startsWith('MAIL_') ? '; MAIL_… come with app.mail' : '';
};

/** What the kit sets can't be set by hand, or the two would disagree. */
export const kitsOwnSettings: Check = (environment) => {
  const { app } = environment;
  const own = new Set(kitSettings(environment));
  const taken = (name: string): boolean => own.has(name) && !overridableSettings.has(name);
  const thirdParty = new Set(eachOf(app.secrets, ({ name }) => [name]));
  const expected = (name: string): string => `no ${name} here: the kit sets it from the rest of this file`;
  return [
    ...Object.keys(app.variables)
      .filter((name) => taken(name) || thirdParty.has(name))
      .map((name) => ({
        path: ['app', 'variables', name],
        expected: taken(name) ? expected(name) : `no ${name} here: it stands under app.secrets`,
        example: { LOG_FORMAT: 'json' },
      })),
    ...eachOf(app.secrets, ({ name }, index) =>
      taken(name) ? [{ path: ['app', 'secrets', index, 'name'], expected: expected(name), example: 'SENTRY_DSN' }] : [],
    ),
  ];
};

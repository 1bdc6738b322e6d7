import { kitSettings, providedSettings } from '../../lib/config/provided-settings';
import { accepted, prodWith, refusalsOf } from '../support/configuration';

const withoutCache = { cache: { enabled: false, reason: 'Sessions are kept in signed cookies' } };
const mail = { 'app.mail': { host: 'smtp.example.com', from: 'ums@example.com' } };
const sentry = { name: 'SENTRY_DSN', purpose: 'Error tracker: where reports are sent' };

describe('required settings (required-settings-present, row C12)', () => {
  it.each([
    ['by the kit', 'SECRET_KEY', {}],
    ['by the kit, for the database', 'DATABASE_URL', {}],
    ['by the cache', 'REDIS_URL', {}],
    ['by mail', 'MAIL_SERVER', mail],
    ['by a third-party secret', 'SENTRY_DSN', { 'app.secrets': [sentry] }],
    ['by a variable', 'REPORT_CURRENCY', { 'app.variables': { REPORT_CURRENCY: 'EUR' } }],
  ])('are given %s: %s', (_by, name, changes) => {
    expect(accepted(prodWith({ ...changes, 'app.requiredSettings': [name] })).app.requiredSettings).toEqual([name]);
  });

  it.each([
    ['REDIS_URL', withoutCache, 'REDIS_… come with cache: { enabled: true }'],
    ['MAIL_SERVER', {}, 'MAIL_… come with app.mail'],
    ['SENTRY_DSN', {}, 'add SENTRY_DSN to app.variables, or to app.secrets when it is a secret'],
  ])('name the missing one: %s', (name, changes, words) => {
    expect(refusalsOf(prodWith({ ...changes, 'app.requiredSettings': ['SECRET_KEY', name] }))).toEqual([
      expect.stringContaining(`app.requiredSettings[1]: a setting that the app gets: add ${name}`),
    ]);
    expect(refusalsOf(prodWith({ ...changes, 'app.requiredSettings': [name] }))[0]).toContain(words);
  });

  it('name every missing one', () => {
    expect(refusalsOf(prodWith({ 'app.requiredSettings': ['A', 'B', 'SECRET_KEY', 'C'] }))).toHaveLength(3);
  });
});

describe('settings that the kit sets', () => {
  const environment = accepted(prodWith({ ...mail, 'app.secrets': [sentry] }));
  const settable = kitSettings(environment).filter((name) => name !== 'DATABASE_URL');

  it('are provided, with the third-party secrets', () => {
    expect(providedSettings(environment)).toEqual([...kitSettings(environment), 'SENTRY_DSN'].sort());
  });

  it('can not be set by hand, each of them', () => {
    const variables = Object.fromEntries(settable.map((name) => [name, 'x']));
    expect(refusalsOf(prodWith({ ...mail, 'app.variables': variables }))).toEqual(
      settable.map((name) => `app.variables.${name}: no ${name} here: the kit sets it from the rest of this file`),
    );
  });

  it('can not be taken by a third-party secret', () => {
    expect(refusalsOf(prodWith({ 'app.secrets': [sentry, { ...sentry, name: 'PGPASSWORD' }] }))).toEqual([
      'app.secrets[1].name: no PGPASSWORD here: the kit sets it from the rest of this file',
    ]);
  });

  it('leave a name to one of variables and secrets', () => {
    expect(refusalsOf(prodWith({ 'app.secrets': [sentry], 'app.variables': { SENTRY_DSN: 'x' } }))).toEqual([
      'app.variables.SENTRY_DSN: no SENTRY_DSN here: it stands under app.secrets',
    ]);
  });
});

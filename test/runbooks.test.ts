import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { loadEnvironments } from '../lib/config/parse';
import { asObject } from '../lib/controls/view';
import { renderedEnvironment } from './support/sabotage/subject';

const FOLDER = join(__dirname, '..', 'runbooks');
const SECTIONS = ['Meaning', 'Impact', 'Diagnosis', 'Mitigation', 'Verify', 'Roll back'];
const folders = readdirSync(FOLDER).filter((entry) => statSync(join(FOLDER, entry)).isDirectory());
const pageOf = (folder: string): string => readFileSync(join(FOLDER, folder, 'README.md'), 'utf8');

/** Sections of a page, each with its text. */
const sectionsOf = (page: string): readonly (readonly [string, string])[] =>
  page
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.split('\n')[0] ?? '', section.split('\n').slice(1).join('\n').trim()]);

describe.each(folders)('%s', (folder) => {
  it('has a title and every section, in order, each with something in it', () => {
    const page = pageOf(folder);
    expect(page).toMatch(/^# \S.+\n/);
    expect(sectionsOf(page).map(([title]) => title)).toEqual(SECTIONS);
    for (const [title, text] of sectionsOf(page)) expect(`${title}: ${text}`.length).toBeGreaterThan(40);
  });

  it('says what to type or where to look', () => {
    const [, diagnosis] = sectionsOf(pageOf(folder)).find(([title]) => title === 'Diagnosis') ?? [];
    expect(diagnosis).toMatch(/`[^`]+`/);
  });

  it('can be read in a few minutes', () => {
    expect(pageOf(folder).split('\n').length).toBeLessThan(80);
  });

  it('links nothing that is missing', () => {
    for (const [, target] of pageOf(folder).matchAll(/\]\((\.\.?\/[^)#]+)/g)) {
      expect(existsSync(join(FOLDER, folder, String(target)))).toBe(true);
    }
  });
});

it('lists every page in the index, once and in order', () => {
  const index = readFileSync(join(FOLDER, 'README.md'), 'utf8');
  const listed = [...index.matchAll(/^\| \[([a-z-]+)\]\(([a-z-]+)\/README\.md\)/gm)].map(([, name, target]) => [
    name,
    target,
  ]);
  expect(listed).toEqual(folders.sort().map((folder) => [folder, folder]));
});

const kebab = (id: string): string => id.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();

/** Patterns of the alarm names that a page's first lines mention: `<n>` and `…` stand for anything. */
const namesIn = (page: string): RegExp[] =>
  [...(page.split(/^## /m)[0] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => {
    const pattern = kebab(String(name))
      .replace(/^…-?/, '')
      .split(/<[^>]+>|…/)
      .map((part) => part.replace(/[^a-z0-9-]/g, ''));
    return new RegExp(`(^|-)${pattern.join('[a-z0-9-]+')}$`);
  });

describe.each(loadEnvironments().map((environment) => [environment.name, environment] as const))(
  'alarms of %s',
  (_name, environment) => {
    const alarms = renderedEnvironment(environment).ofType('AWS::CloudWatch::Alarm');

    it('are each named on the page that they link', () => {
      const unnamed = alarms
        .map(
          ({ properties, metadata }) =>
            [String(properties.AlarmName), String(asObject(metadata['Breakwater::Alarm']).runbook)] as const,
        )
        .filter(([name, runbook]) => !namesIn(pageOf(runbook)).some((pattern) => pattern.test(name)));
      expect(alarms.length).toBeGreaterThan(20);
      expect(unnamed).toEqual([]);
    });
  },
);

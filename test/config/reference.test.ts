import { readFileSync } from 'node:fs';
import { README, readme } from '../../lib/config/reference/readme';
import { reference } from '../../lib/config/reference/table';
import { environmentSchema } from '../../lib/config/schema';

const rows = reference().split('\n');
const row = (path: string): string | undefined => rows.find((line) => line.startsWith(`| \`${path}\` |`));

describe('configuration reference', () => {
  it('is up to date: npm run reference', () => {
    expect(readFileSync(README, 'utf8')).toBe(readme());
  });

  it('has every section', () => {
    for (const section of Object.keys(environmentSchema('production').shape)) {
      expect(rows.some((line) => line.startsWith(`| \`${section}`))).toBe(true);
    }
  });

  it('says what is required, by itself and with something else', () => {
    expect(row('name')).toContain('| **required** |');
    expect(row('app.mail')).toContain('| none |');
    expect(row('app.mail.host')).toContain('| required in `app.mail` |');
    expect(row('processes.workers[].name')).toContain('| required in `processes.workers[]` |');
  });

  it('gives each tier its own default and bounds where they differ', () => {
    expect(row('app.cpu')).toContain('development: `256`<br>staging: `512`<br>production: `1024`');
    expect(row('logs.auditDays')).toContain('production: a whole number of days from 365 to 3653');
    expect(row('app.threads')).toContain('| `2` | `2` |');
  });

  it('lists the fields of every branch', () => {
    expect(row('app.image.digest')).toBeDefined();
    expect(row('app.image.dockerfile')).toBeDefined();
    expect(row('domain.certificateArn')).toBeDefined();
    expect(row('database.multiAz.reason')).toBeDefined();
  });

  it('refuses a page without its marks', () => {
    expect(() => readme('# Configuration')).toThrow('lacks the marks');
  });
});

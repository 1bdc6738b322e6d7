import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kitSettings } from '../../lib/config/provided-settings';
import { environmentOf } from '../support/environments';

const README = readFileSync(join(__dirname, '..', '..', 'README.md'), 'utf8');

describe('README.md', () => {
  it('lists exactly the variables that the kit gives a container', () => {
    const [, section = ''] = README.split('### What the container gets\n');
    const table = section.split('\n').filter((line) => line.startsWith('| ') && line.includes('` `'));
    const listed = table.flatMap((line) => [...line.matchAll(/`([A-Z][A-Z_]+)`/g)].map(([, name]) => name));
    const mail = { host: 'email-smtp.us-east-1.amazonaws.com', from: 'no-reply@example.com' };
    const given = kitSettings(environmentOf('production', { app: { mail } }));
    expect([...listed].sort()).toEqual([...given].sort());
  });

  it('tells the exit codes', () => {
    expect(README).toMatch(
      /Exit codes: 0 done, 1 refused or a mistake that\s+you can mend, 2 a call that makes no sense/,
    );
  });
});

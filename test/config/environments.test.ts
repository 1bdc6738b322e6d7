import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectionBudget } from '../../lib/config/checks/connection-budget';
import { loadEnvironments, parseEnvironments } from '../../lib/config/parse';
import { environment as codingScience } from '../fixtures/environments/coding-science';
import { environment as zehmo } from '../fixtures/environments/zehmo';
import { accepted } from '../support/configuration';

const minimal = {
  name: 'prod',
  tier: 'production',
  region: 'us-east-1',
  backupRegion: 'us-west-2',
  app: { name: 'ums', image: { dockerfile: 'app' }, wsgi: 'run:app' },
  domain: { name: 'ums.example.com', hostedZone: { id: 'Z0123456789ABCDEFGHIJ', name: 'example.com' } },
  contacts: {
    critical: ['oncall@example.com'],
    warning: ['platform@example.com'],
    security: ['security@example.com'],
    management: ['management@example.com'],
    emergency: {
      hosting: { name: 'AWS support', email: 'hosting@example.com' },
      database: { name: 'Database desk', email: 'database@example.com' },
      registrar: { name: 'Registrar', email: 'registrar@example.com' },
    },
  },
  budget: { monthlyUsd: 600 },
  pipeline: { repository: 'example/ums-deployment' },
};

describe('shipped environments', () => {
  const shipped = loadEnvironments();

  it('are one of each tier', () => {
    expect(shipped.map(({ name, tier }) => [name, tier])).toEqual([
      ['dev', 'development'],
      ['staging', 'staging'],
      ['prod', 'production'],
    ]);
  });

  it('have no account, so that nobody deploys an example', () => {
    expect(shipped.map(({ account }) => account)).toEqual([undefined, undefined, undefined]);
  });

  it('fit the connections of their databases', () => {
    expect(shipped.flatMap((environment) => connectionBudget(environment))).toEqual([]);
  });

  it('include a production file of under 40 lines', () => {
    const file = readFileSync(join(__dirname, '../../lib/config/environments/prod.ts'), 'utf8');
    expect(file.trimEnd().split('\n').length).toBeLessThan(40);
  });

  it('need no more than identity, app, domain, contacts, budget and pipeline', () => {
    expect(accepted(minimal).tier).toBe('production');
  });

  it.each(Object.keys(minimal))('need %s', (field) => {
    expect(() => accepted({ ...minimal, [field]: undefined })).toThrow(`${field}: found nothing`);
  });
});

describe('environments of real apps', () => {
  it('parse, also beside each other', () => {
    const sources = [
      { input: codingScience, source: 'coding-science.ts' },
      { input: zehmo, source: 'zehmo.ts' },
    ];
    expect(parseEnvironments(sources).map(({ app }) => app.name)).toEqual(['coding-science', 'zehmo']);
  });
});

import { placeholders } from '../../lib/config/parse';
import { placeholdersIn } from '../../lib/config/placeholders';
import { accepted, mistakesIn, prodWith } from '../support/configuration';

const found = (value: string): boolean => placeholdersIn(value).length === 1;

describe('placeholders', () => {
  it.each([
    'oncall@example.com',
    'oncall@mail.example.org',
    'oncall@ums.test',
    'ums.example.net',
    'https://portal.example.com',
    'ums.invalid',
    '203.0.113.0/24',
    '192.0.2.1/32',
    '198.51.100.0/25',
    '2001:db8:1::/48',
    `sha256:${'0'.repeat(64)}`,
    'Z0123456789ABCDEFGHIJ',
    'example/ums-deployment',
    '+14155550100',
    '123456789012',
    'arn:aws:acm:us-east-1:481516234200:certificate/00000000-0000-4000-8000-000000000000',
  ])('knows %s', (value) => expect(found(value)).toBe(true));

  it.each([
    'oncall@exemplary.com',
    'oncall@examples.com',
    'myexample.com',
    '203.0.114.0/24',
    `sha256:${'0'.repeat(63)}1`,
    'Z0123456789ABCDEFGHIK',
    'examples/ums',
    '+14155551234',
    '481516234200',
    'run:app',
  ])('leaves %s alone', (value) => expect(found(value)).toBe(false));

  it('are listed for the banner while no account is set', () => {
    expect(placeholders(accepted(prodWith({}))).map(({ path }) => path)).toEqual([
      'app.image.digest',
      'app.corsOrigins[0]',
      'domain.name',
      'domain.hostedZone.id',
      'domain.hostedZone.name',
      'adminNetworks[0]',
      'contacts.critical[0]',
      'contacts.warning[0]',
      'contacts.security[0]',
      'contacts.management[0]',
      'contacts.emergency.hosting.email',
      'contacts.emergency.database.email',
      'contacts.emergency.registrar.email',
      'pipeline.repository',
    ]);
  });
});

describe('an environment with an account (contacts-are-real, row R08)', () => {
  const contact = { name: 'Desk', email: 'desk@ums-portal.io' };
  const real = {
    account: '481516234200',
    'app.image.digest': `sha256:${'a1'.repeat(32)}`,
    'app.corsOrigins': ['https://portal.ums-portal.io'],
    domain: { name: 'api.ums-portal.io', hostedZone: { id: 'Z08731421KQ5', name: 'ums-portal.io' } },
    adminNetworks: ['18.246.31.0/24'],
    contacts: {
      critical: ['oncall@ums-portal.io'],
      warning: ['platform@ums-portal.io'],
      security: ['security@ums-portal.io'],
      management: ['management@ums-portal.io'],
      emergency: { hosting: contact, database: contact, registrar: contact },
    },
    'pipeline.repository': 'ums-portal/deployment',
  };

  it('is accepted with real values', () => {
    expect(placeholders(accepted(prodWith(real)))).toEqual([]);
  });

  it.each([
    ['contacts.critical', ['oncall@example.com'], 'contacts.critical[0]'],
    ['contacts.security', ['security@ums.test'], 'contacts.security[0]'],
    ['contacts.emergency.hosting.email', 'hosting@example.com', 'contacts.emergency.hosting.email'],
    ['contacts.emergency.database.phone', '+14155550100', 'contacts.emergency.database.phone'],
    ['contacts.emergency.registrar.email', 'registrar@example.net', 'contacts.emergency.registrar.email'],
    ['contacts.emergency.cdn', { name: 'CDN', email: 'cdn@example.org' }, 'contacts.emergency.cdn.email'],
    ['account', '123456789012', 'account'],
  ])('is refused with a placeholder in %s', (field, value, path) => {
    expect(mistakesIn(prodWith({ ...real, [field]: value })).map((mistake) => mistake.path)).toEqual([path]);
  });

  it("says of an account that it isn't the reader's own", () => {
    expect(mistakesIn(prodWith({ ...real, account: '123456789012' }))).toEqual([
      expect.objectContaining({ expected: 'your account: this one stands in documents' }),
    ]);
  });

  it('says what to write instead', () => {
    expect(mistakesIn(prodWith({ ...real, adminNetworks: ['203.0.113.0/24'] }))).toEqual([
      expect.objectContaining({
        value: '203.0.113.0/24',
        expected: expect.stringContaining('the network that your people come from'),
        example: expect.stringContaining('checkip'),
      }),
    ]);
  });
});

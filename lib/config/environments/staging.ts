import { defineEnvironment } from '../define';

/** Where a release is tried before production: the same shape, smaller. */
export const environment = defineEnvironment({
  name: 'staging',
  tier: 'staging',
  region: 'us-east-1',
  backupRegion: 'us-west-2',
  app: {
    name: 'ums',
    image: { repository: 'ums/web', digest: `sha256:${'0'.repeat(64)}` },
    wsgi: 'run:app',
    loginPaths: ['/api/auth/login'],
    corsOrigins: ['https://portal.staging.example.com'],
    requiredSettings: ['SECRET_KEY', 'JWT_SECRET_KEY'],
  },
  domain: { name: 'ums.staging.example.com', hostedZone: { id: 'Z0123456789ABCDEFGHIJ', name: 'example.com' } },
  adminNetworks: ['203.0.113.0/24'],
  contacts: {
    critical: ['platform@example.com'],
    warning: ['platform@example.com'],
    security: ['security@example.com'],
    management: ['management@example.com'],
    emergency: {
      hosting: { name: 'AWS support', email: 'hosting@example.com' },
      database: { name: 'Database desk', email: 'database@example.com' },
      registrar: { name: 'Registrar', email: 'registrar@example.com' },
    },
  },
  budget: { monthlyUsd: 250 },
  pipeline: { repository: 'example/ums-deployment' },
});

import { defineEnvironment } from '../define';

/** The user-management API, called by the portal. Everything that is not said here is a secure default. */
export const environment = defineEnvironment({
  name: 'prod',
  tier: 'production',
  region: 'us-east-1',
  backupRegion: 'us-west-2',
  app: {
    name: 'ums',
    image: { repository: 'ums/web', digest: `sha256:${'0'.repeat(64)}` },
    wsgi: 'run:app',
    loginPaths: ['/api/auth/login'],
    corsOrigins: ['https://portal.example.com'],
    requiredSettings: ['SECRET_KEY', 'JWT_SECRET_KEY'],
  },
  domain: { name: 'ums.example.com', hostedZone: { id: 'Z0123456789ABCDEFGHIJ', name: 'example.com' } },
  adminNetworks: ['203.0.113.0/24'],
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
});

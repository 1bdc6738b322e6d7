import { defineEnvironment } from '../define';

/**
 * The user-management API for daily work. Off, to be cheap: the cache ($9 a month), a second NAT gateway ($37), the
 * database's standby ($14), copies of backups in another region, a second copy of the app ($7). `npm start` prints what is
 * left, by part, at the list prices of us-east-1.
 */
export const environment = defineEnvironment({
  name: 'dev',
  tier: 'development',
  region: 'us-east-1',
  backupRegion: 'us-west-2',
  app: {
    name: 'ums',
    image: { repository: 'ums/web', digest: `sha256:${'0'.repeat(64)}` },
    wsgi: 'run:app',
    loginPaths: ['/api/auth/login'],
    corsOrigins: ['https://portal.dev.example.com'],
    requiredSettings: ['SECRET_KEY', 'JWT_SECRET_KEY'],
  },
  domain: { name: 'ums.dev.example.com', hostedZone: { id: 'Z0123456789ABCDEFGHIJ', name: 'example.com' } },
  cache: { enabled: false, reason: 'One copy with few users keeps its sessions and limits in memory' },
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
  budget: { monthlyUsd: 100 },
  pipeline: { repository: 'example/ums-deployment' },
});

import { defineEnvironment } from '../define';

/**
 * The user-management API for daily work, for $89.92 a month at the list prices of us-east-1 in November 2026; `npm start`
 * prints today's sum by part. Spot has no list price: it is counted at half of the on-demand price, and at all of it the
 * sum would be $93.59.
 *
 * Off, to be cheap: the cache ($9 a month), a second NAT gateway ($37), the database's standby ($14), copies of backups in
 * another region, a second copy of the app ($4), the autoscaling of the one copy ($0.80), Container Insights ($4), alarms
 * on load, on the throttles and queues of functions and on a share of handshakes ($2.50). The app runs on Spot ($4 less): AWS may
 * take its copy away with two minutes' notice, and users wait for the next one. Secrets rotate here as in production: what breaks
 * in a rotation should break here first.
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

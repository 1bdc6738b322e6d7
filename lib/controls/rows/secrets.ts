import { rows } from './row';

export const secrets = rows({
  K01: { need: 'No secret in code, template, image or plain environment variable', how: ['enforce', 'gate'] },
  K02: { need: 'Different secrets for each environment, never reused', how: ['enforce'] },
  K03: { need: 'Random, 32+ characters (64 as hex)', how: ['enforce'] },
  K04: { need: 'Database passwords rotate every 90 days', how: ['enforce', 'alarm', 'runbook'] },
  K05: {
    need: 'SECRET_KEY and JWT_SECRET_KEY rotate every 90 days by default, never later than 365',
    how: ['enforce', 'alarm', 'runbook'],
  },
  K06: {
    need: "API keys and OAuth secrets rotate every 90 days or by the provider's policy, or an alarm says that they are late",
    how: ['enforce', 'alarm', 'runbook'],
  },
  K07: {
    need: "Rotation = generate, store, deploy, verify, deprecate, delete after 7 days' grace; users are not logged out by it",
    how: ['enforce', 'alarm'],
    lacks: {
      enforce: 'a replaced database password stays valid until the turn of its twin: nothing ends it after 7 days yet',
    },
  },
  K08: { need: 'A compromised secret is rotated at once, with no grace', how: ['runbook'] },
  K09: {
    need: 'Secrets are never logged, nor sent by mail, chat or notification',
    how: ['enforce'],
  },
  K10: { need: 'JWT key separate from SECRET_KEY', how: ['enforce'] },
  K11: {
    need: 'No .env file in production or in the repository; ignore files cover .env*, dumps, databases, logs, credentials (a valueless .env.example is allowed in the repository, never in a package)',
    how: ['gate'],
  },
});

import { z } from 'zod';
import { emailAddress, pattern, some, type Tier, text, whole } from './fields';

const days = (least: number, fallback: number) => whole(least, 3653, 'days', fallback).default(fallback);

/** CloudWatch accepts certain numbers only; the next larger one is used. */
export const logs = (tier: Tier) => {
  const held = tier === 'production';
  return z
    .strictObject({
      /** Requests, from the proxy (row L03). */
      accessDays: days(held ? 30 : 1, 30),
      /** Errors of proxy and app (row L03). */
      errorDays: days(held ? 30 : 1, 30),
      /** The application's own log. */
      applicationDays: days(held ? 30 : 1, 30),
      /** Security events (row L02). */
      securityDays: days(held ? 90 : 1, held ? 90 : 30),
      /** Audit events (row L04). */
      auditDays: days(held ? 365 : 1, held ? 365 : 90),
      /** PostgreSQL log with connections and audited statements (row D09). */
      databaseDays: days(held ? 30 : 1, 30),
      /** Who talked to whom in the network. */
      flowDays: days(held ? 90 : 1, held ? 90 : 30),
    })
    .prefault({});
};

const contact = z.strictObject({
  /** Person or desk, as the runbooks name it. */
  name: text(2, 80, 'a person or desk', 'AWS support'),
  /** Address that is read. */
  email: emailAddress,
  /** Telephone in international form. @default - none */
  phone: pattern(/^\+\d{7,15}$/, 'a telephone number in international form', '+14155550100').optional(),
});

const recipients = some(emailAddress, 'a list of one or more e-mail addresses', 'oncall@example.com');

export const contacts = z.strictObject({
  /** Paged at once, day and night: the service is down or under attack. */
  critical: recipients,
  /** Told in working hours: something will break if nobody looks. */
  warning: recipients,
  /** Told at once about anything that touches security. */
  security: recipients,
  /** Told within an hour of a confirmed incident. */
  management: recipients,
  /** Who to call when it is not ours to mend. */
  emergency: z.strictObject({
    /** AWS, or who answers for the account. */
    hosting: contact,
    /** Who knows the data and its backups. */
    database: contact,
    /** Who can change the domain's name servers. */
    registrar: contact,
    /** Who runs the content network. @default - there is none */
    cdn: contact.optional(),
  }),
});

export const budget = z.strictObject({
  /** US dollars a month; a forecast above it raises an alarm. */
  monthlyUsd: whole(20, 100_000, 'US dollars a month', 400),
});

export const reviews = z
  .strictObject({
    /** Addresses that get each review. @default - the security contacts */
    recipients: z.array(emailAddress).default([]),
  })
  .prefault({});

export const rollout = (tier: Tier) =>
  z
    .strictObject({
      /** Minutes that both versions run after the switch; an alarm in this time rolls back. Alarms need five to see a fault. */
      bakeMinutes: whole(tier === 'production' ? 5 : 1, 1440, 'minutes', 10).default(tier === 'production' ? 10 : 1),
    })
    .prefault({});

export const rotation = z
  .strictObject({
    /** Days between two rotations of a database login, and days that the cache's password may be used (row K04). */
    passwordDays: whole(1, 90, 'days', 90).default(90),
    /** Days between two rotations of SECRET_KEY and of JWT_SECRET_KEY (row K05). Users stay logged in. */
    keyDays: whole(1, 365, 'days', 90).default(90),
  })
  .prefault({});

export const pipeline = z.strictObject({
  /** GitHub repository whose workflows may deploy here. */
  repository: pattern(/^[A-Za-z0-9-]{1,39}\/[A-Za-z0-9._-]{1,100}$/, 'owner/name', 'example/ums-deployment'),
  /** GitHub environment that the workflow must run in; protect it with reviewers. @default - the environment's name */
  environment: pattern(/^[A-Za-z0-9_-]{1,64}$/, 'a GitHub environment name', 'prod').optional(),
});

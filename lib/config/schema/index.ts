import { z } from 'zod';
import { placedExceptionSchema } from '../../controls/except';
import { app } from './app';
import { backups, cache, database } from './data';
import { domain, limits, network } from './edge';
import { cidr, type Tier, unique } from './fields';
import { identity } from './identity';
import { budget, contacts, logs, pipeline, reviews, rollout, rotation } from './operations';
import { processes } from './processes';

export type { ByTier, Expectation, Protection, Tier } from './fields';
export { tierNames } from './fields';

/** The schema of an environment; a tier decides the defaults and the least values. */
export const environmentSchema = (tier: Tier) =>
  z.strictObject({
    ...identity,
    /** The web application: what the kit needs to know to run it and to guard it. */
    app: app(tier),
    /** Further processes of the same image: queue workers and scheduled commands. */
    processes,
    /** The public name. With a hosted zone the kit makes certificate and records; else bring a certificate. */
    domain,
    /** The managed PostgreSQL database. */
    database: database(tier),
    /** Valkey for cache, sessions and rate limits, encrypted in transit and at rest (row C09). */
    cache: cache(tier),
    /** Network layout: address range, zones, the way out. */
    network: network(tier),
    /** Limits and time-outs of a request on its way in, from the load balancer down to the statement. */
    limits,
    /** Networks from which `app.adminPaths` can be opened; without any, nobody can (row W07). */
    adminNetworks: unique(cidr).default([]),
    /** Days that each class of log is kept. */
    logs: logs(tier),
    /** Who is told what, by severity, and whom to call when it is not ours to mend (rows A11 and R08). */
    contacts,
    /** Copies beyond the database's own automatic backups, and how often a restore is tried. */
    backups: backups(tier),
    /** Who reads the scheduled reviews (rows V01 to V05). */
    reviews,
    /** What the environment may cost. */
    budget,
    /** How a new version takes over. */
    rollout: rollout(tier),
    /** How often secrets change by themselves. Those of other companies have `rotateDays` of their own. */
    rotation,
    /** Where deployments come from. The pipeline holds no long-lived keys (row P12). */
    pipeline,
    /** Findings that are let through, each with owner and expiry; the fewer the better. */
    exceptions: z.array(placedExceptionSchema).default([]),
  });

/** What an operator writes. */
export type EnvironmentInput = z.input<ReturnType<typeof environmentSchema>>;
/** What the kit builds from: every default filled in. */
export type Environment = z.output<ReturnType<typeof environmentSchema>>;

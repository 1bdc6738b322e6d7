import { z } from 'zod';
import { placedExceptionSchema } from '../../controls/except';
import { app } from './app';
import { backups, cache, database } from './data';
import { domain, limits, network } from './edge';
import { cidr, type Tier, unique } from './fields';
import { identity } from './identity';
import { budget, contacts, logs, pipeline, reviews, rollout } from './operations';
import { processes } from './processes';

export type { ByTier, Expectation, Protection, Tier } from './fields';
export { tierNames } from './fields';

/** The schema of an environment; a tier decides the defaults and the least values. */
export const environmentSchema = (tier: Tier) =>
  z.strictObject({
    ...identity,
    app: app(tier),
    /** Further processes of the same image. */
    processes,
    domain,
    database: database(tier),
    cache: cache(tier),
    network: network(tier),
    limits,
    /** Networks that may open the admin paths. Empty: nobody can. */
    adminNetworks: unique(cidr).default([]),
    logs: logs(tier),
    contacts,
    backups: backups(tier),
    reviews,
    budget,
    rollout: rollout(tier),
    pipeline,
    /** Findings that are let through, each with owner and expiry; the fewer the better. */
    exceptions: z.array(placedExceptionSchema).default([]),
  });

/** What an operator writes. */
export type EnvironmentInput = z.input<ReturnType<typeof environmentSchema>>;
/** What the kit builds from: every default filled in. */
export type Environment = z.output<ReturnType<typeof environmentSchema>>;

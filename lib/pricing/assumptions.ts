import type { Tier } from '../controls/view';

/** What a template can't tell and a bill depends on. Printed beside the estimate. */
export interface Assumptions {
  /** Requests a month, millions. */
  readonly millionRequests: number;
  /** Size of an answer, KB. */
  readonly answerKb: number;
  /** Traffic of tasks to the internet, GB a month: image pulls go through the S3 endpoint. */
  readonly natGb: number;
  /** Lines that each log group takes, GB a month. */
  readonly logGb: number;
  /** Deployments a month; both fleets run through each one's bake. */
  readonly deployments: number;
  /** Minutes that a scheduled task runs. */
  readonly taskMinutes: number;
  /** Calls of each Lambda function a month, thousands; each takes a second. */
  readonly thousandCalls: number;
  /** Contents of each bucket, GB. */
  readonly bucketGb: number;
  /** Images in each repository, GB. */
  readonly imageGb: number;
  /**
   * Price on Spot as a share of the on-demand price. It moves with demand; AWS advertises up to 70 % off, and this counts
   * on less.
   */
  readonly spotShare: number;
  /** Share of the database's disk that is used. */
  readonly databaseUse: number;
  /** Share of the used disk that changes in a day. */
  readonly databaseChange: number;
}

const everywhere = {
  answerKb: 20,
  taskMinutes: 10,
  imageGb: 2,
  spotShare: 0.5,
  databaseUse: 0.6,
  databaseChange: 0.02,
};

export const assumptionsOf: Readonly<Record<Tier, Assumptions>> = {
  production: {
    ...everywhere,
    millionRequests: 5,
    natGb: 20,
    logGb: 1,
    deployments: 20,
    thousandCalls: 50,
    bucketGb: 10,
  },
  staging: {
    ...everywhere,
    millionRequests: 0.2,
    natGb: 5,
    logGb: 0.2,
    deployments: 40,
    thousandCalls: 10,
    bucketGb: 2,
  },
  development: {
    ...everywhere,
    millionRequests: 0.05,
    natGb: 2,
    logGb: 0.1,
    deployments: 60,
    thousandCalls: 10,
    bucketGb: 1,
  },
};

/** The assumptions in words, for whoever doubts the sum. */
export function inWords(tier: Tier): readonly string[] {
  const a = assumptionsOf[tier];
  return [
    `${a.millionRequests} million requests a month with answers of ${a.answerKb} KB; the fewest copies, always on`,
    `${a.deployments} deployments a month, during whose bake both fleets run; ${a.taskMinutes} minutes for a scheduled task`,
    `${a.logGb} GB of lines a month for each log group, ${a.natGb} GB from each NAT gateway, ${a.bucketGb} GB in each bucket`,
    `a database disk used to ${a.databaseUse * 100} %, of which ${a.databaseChange * 100} % changes in a day`,
    ...(tier === 'development' ? [`Spot at ${a.spotShare * 100} % of the on-demand price, for no list holds it`] : []),
    'no free tier, savings plan, tax or support; one-off tasks and key requests cost cents and are left out',
  ];
}

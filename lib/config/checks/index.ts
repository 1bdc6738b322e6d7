import { adminNetworks } from './admin-networks';
import { bodyInspection } from './body-inspection';
import type { Check } from './check';
import { connectionBudget } from './connection-budget';
import { copies } from './copies';
import { developmentFallbacks } from './development-fallbacks';
import { domainPlace } from './domain-place';
import { egressReachesMail } from './egress';
import { fargateSize } from './fargate-size';
import { nameLengths } from './name-lengths';
import { pathsApart } from './paths-apart';
import { placeholdersGone } from './placeholders-gone';
import { plainSecrets } from './plain-secrets';
import { poolServesThreads } from './pool-serves-threads';
import { productionSettings } from './production-settings';
import { regionsApart } from './regions-apart';
import { schedules } from './schedules';
import { kitsOwnSettings, requiredSettings } from './settings';
import { steeringVariables } from './steering-variables';
import { storageGrowth } from './storage-growth';
import { deregistrationOutlastsStop, timeoutLadder } from './timeout-ladder';
import { uniqueNames } from './unique-names';
import { workersFitCpu } from './workers-fit-cpu';
import { zonesThere } from './zones-there';

/** Every check of one environment against itself. A new check is a new file and a line here. */
export const checks: readonly Check[] = [
  regionsApart,
  zonesThere,
  copies,
  fargateSize,
  workersFitCpu,
  poolServesThreads,
  connectionBudget,
  pathsApart,
  kitsOwnSettings,
  plainSecrets,
  steeringVariables,
  requiredSettings,
  productionSettings,
  developmentFallbacks,
  uniqueNames,
  nameLengths,
  schedules,
  domainPlace,
  egressReachesMail,
  storageGrowth,
  bodyInspection,
  timeoutLadder,
  deregistrationOutlastsStop,
  adminNetworks,
  placeholdersGone,
];

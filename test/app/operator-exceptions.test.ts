import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildApp } from '../../lib/app';
import type { PlacedException } from '../../lib/controls/except';
import { nagPacks } from '../../lib/controls/gate/packs/nag-packs';
import { ownPack } from '../../lib/controls/gate/packs/own-pack';
import { synthesize } from '../../lib/synthesize';
import { environmentOf } from '../support/environments';

const INSTANCE = 'prod/data/Database/Instance/Resource';
const renewed: PlacedException = {
  finding: 'AwsSolutions-RDS11',
  resource: INSTANCE,
  reason: 'Argued anew by those who run this database',
  owner: 'database@example.com',
  expires: '2028-06-30',
};

/** The verdict on production with exceptions in its file, judged on a day when the kit's own have ended. */
function judged(exceptions: readonly PlacedException[], breakGlass?: string) {
  const app = buildApp([environmentOf('production', { exceptions: [...exceptions] })], {
    outdir: mkdtempSync(join(tmpdir(), 'exceptions-')),
    judged: { date: '2028-01-01', from: 'argument' },
    breakGlass,
    concluded: true,
    cacheFolder: false,
    packs: (tierOf) => [ownPack(tierOf), ...nagPacks()],
  });
  const verdict = synthesize(app);
  const at = (finding: string) => verdict.refused.some(({ id, resource }) => id === finding && resource === INSTANCE);
  return { verdict, at, problems: verdict.problems.map(({ id, resource }) => `${id} ${resource}`) };
}

describe('an exception in an environment file', () => {
  it("takes the place of the kit's own for the same finding, with its own end", () => {
    const { at, verdict, problems } = judged([renewed]);
    expect(at('AwsSolutions-RDS11')).toBe(false);
    expect(at('NIST.800.53.R5-RDSInBackupPlan')).toBe(true);
    expect(problems).not.toContain(`exception-duplicate ${INSTANCE}`);
    expect(verdict.excepted).toContainEqual({
      finding: expect.objectContaining({ id: 'AwsSolutions-RDS11' }),
      exception: expect.objectContaining({ owner: 'database@example.com', expires: '2028-06-30' }),
    });
  });

  it('still stands beside broken glass, which lets the ended ones stand', () => {
    const { verdict, problems } = judged([renewed], 'Incident 4711: rollback of the login outage');
    expect(problems).toEqual([]);
    expect(verdict.refused).toEqual([]);
    expect(verdict.breakGlass?.exceptions.map(({ finding }) => finding)).not.toContain('AwsSolutions-RDS11');
  });

  it('is refused when it stands twice, or on a resource that is not there', () => {
    const { problems } = judged([renewed, renewed, { ...renewed, resource: 'prod/data/Databse/Instance/Resource' }]);
    expect(problems).toContain(`exception-duplicate ${INSTANCE}`);
    expect(problems).toContain('exception-misplaced prod/data/Databse/Instance/Resource');
  });
});

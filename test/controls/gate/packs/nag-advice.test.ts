import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks, type IApplyRule, type NagPack, NIST80053R5Checks, rules } from 'cdk-nag';
import { buildApp } from '../../../../lib/app';
import { controls } from '../../../../lib/controls/find';
import { adviceOn, guardedBy, inWords } from '../../../../lib/controls/gate/packs/nag-advice';
import { nagPack } from '../../../../lib/controls/gate/packs/nag-packs';
import { environmentOf } from '../../../support/environments';
import { GatedApp } from '../../../support/gated-app';

const gating = (): NagPack[] => [new AwsSolutionsChecks(), new NIST80053R5Checks()];

/** Rules of the gating packs that have something to say of a resource of an environment, whether they pass it or not. */
function applicable(): string[] {
  const app = buildApp([environmentOf('production'), environmentOf('development', { name: 'dev' })], {
    outdir: mkdtempSync(join(tmpdir(), 'advice-')),
    cacheFolder: false,
    judged: { date: '2027-01-15', from: 'argument' },
    packs: () => [],
  });
  const found = new Set<string>();
  for (const pack of gating()) {
    (pack as unknown as { applyRule(params: IApplyRule): void }).applyRule = ({ rule, node }) => {
      try {
        if (rule(node) !== 'N/A') found.add(rule.name);
      } catch {
        found.add(rule.name);
      }
    };
    pack.validateScope(app);
  }
  return [...found].sort();
}

it('knows every rule that can fire on the resources of the kit', () => {
  const found = applicable();
  expect(found.length).toBeGreaterThan(30);
  expect(found.filter((rule) => !(rule in guardedBy) && !(rule in inWords))).toEqual([]);
});

it('names rules that there are, each once, and controls that there are', () => {
  const known = new Set(Object.values(rules).flatMap((service) => Object.values(service).map((rule) => rule.name)));
  const named = [...Object.keys(guardedBy), ...Object.keys(inWords)];
  expect(named.filter((rule) => !known.has(rule))).toEqual([]);
  expect(new Set(named).size).toBe(named.length);
  const ids = new Set(controls().map(({ id }) => id));
  expect(Object.values(guardedBy).filter((id) => !ids.has(id))).toEqual([]);
});

it('says row and fix of the control that guards the same', () => {
  expect(adviceOn('RDSStorageEncrypted', 'AwsSolutions')).toEqual({
    rows: ['D11'],
    remedy: controls().find(({ id }) => id === 'database-encrypted')?.remedy,
  });
});

it('says where an unknown rule is explained', () => {
  expect(adviceOn('QuicksightSSLConnections', 'AwsSolutions')).toEqual({
    rows: [],
    remedy: expect.stringMatching(
      /^See https:\/\/github\.com\/cdklabs\/cdk-nag\/blob\/v\d+\.\d+\.\d+\/RULES\.md#aws-solutions for what/,
    ),
  });
});

it('stands in the finding', () => {
  const made = new GatedApp({ packs: [nagPack('AwsSolutions', true, () => new AwsSolutionsChecks())] });
  new CfnBucket(made.stack, 'Bucket');
  const finding = made.judge().refused.find(({ id }) => id === 'AwsSolutions-S1');
  expect(finding?.remedy).toContain('LogBucket');
  expect(finding?.rows.length).toBeGreaterThan(0);
});

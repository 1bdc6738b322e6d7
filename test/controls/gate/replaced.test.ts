import { CfnSecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';
import { fixture, isRule, type RuleControl } from '../../../lib/controls/control';
import { controls } from '../../../lib/controls/find';
import { nagPack } from '../../../lib/controls/gate/packs/nag-packs';
import { ownPack } from '../../../lib/controls/gate/packs/own-pack';
import { replacements } from '../../../lib/controls/gate/replaced';
import type { Tier } from '../../../lib/controls/view';
import { GatedApp } from '../../support/gated-app';

const tierOf = (stage: string) => (stage === 'prod' ? 'production' : undefined);
const stand = (control: Partial<RuleControl> = {}): RuleControl => ({
  id: 'connections-closed',
  title: 'Connections are closed',
  holds: ['C07/enforce'],
  tiers: ['production'],
  why: 'Openings are found.',
  remedy: 'Close it.',
  protects: [{ type: 'AWS::EC2::SecurityGroup', properties: [] }],
  check: () => [],
  fixtures: { pass: [fixture('none', {})], refuse: [] },
  ...control,
});

/** An app with a security group that is open to the internet, judged by AwsSolutions and by one control of ours. */
function judged(control: RuleControl) {
  const made = new GatedApp({
    packs: [ownPack(tierOf, () => [control]), nagPack('AwsSolutions', true, () => new AwsSolutionsChecks())],
  });
  new CfnSecurityGroup(made.stack, 'Open', {
    groupDescription: 'open',
    securityGroupIngress: [{ ipProtocol: 'tcp', fromPort: 443, toPort: 443, cidrIp: '0.0.0.0/0' }],
  });
  const { refused, replaced } = made.judge();
  return { stands: refused.some(({ id }) => id === 'AwsSolutions-EC23'), replaced };
}

describe('a published rule in whose place a control judges', () => {
  it('does not refuse while the control is in force, and is on record', () => {
    const { stands, replaced } = judged(stand());
    expect(stands).toBe(false);
    expect(replaced).toEqual([
      {
        by: 'connections-closed',
        finding: expect.objectContaining({ id: 'AwsSolutions-EC23', resource: 'prod/data/Open' }),
      },
    ]);
  });

  it.each<[string, Partial<RuleControl>]>([
    ['is missing', { id: 'another-control' }],
    ['is not in force in the tier', { tiers: ['development'] as Tier[] }],
    ['does not guard that type of resource', { protects: [{ type: 'AWS::EC2::VPC', properties: [] }] }],
  ])('refuses when the control %s', (_name, change) => {
    expect(judged(stand(change))).toEqual({ stands: true, replaced: [] });
  });

  it.each(replacements.map(({ rule, by }) => [rule, by]))('%s is replaced by a rule that is there: %s', (_rule, by) => {
    const control = controls().find(({ id }) => id === by);
    expect(control && isRule(control)).toBe(true);
  });
});

describe('one rule in two packs', () => {
  it('is one finding, by the name in the first', () => {
    const made = new GatedApp({
      packs: [
        nagPack('AwsSolutions', true, () => new AwsSolutionsChecks()),
        nagPack('NIST.800.53.R5', true, () => new NIST80053R5Checks()),
      ],
    });
    new CfnSecret(made.stack, 'Secret');
    const ids = made.judge().refused.flatMap(({ id, resource }) => (resource === 'prod/data/Secret' ? [id] : []));
    expect(ids).toContain('AwsSolutions-SMG4');
    expect(ids).not.toContain('NIST.800.53.R5-SecretsManagerRotationEnabled');
    expect(ids).toContain('NIST.800.53.R5-SecretsManagerUsingKMSKey');
  });
});

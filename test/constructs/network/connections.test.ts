import { Template } from 'aws-cdk-lib/assertions';
import { connectionsOf } from '../../../lib/constructs/network/connections';
import { control } from '../../../lib/controls/network/connections-closed';
import { EnvironmentView } from '../../../lib/controls/view';
import { FoundationStack } from '../../../lib/stacks/foundation-stack';
import { NetworkStack } from '../../../lib/stacks/network-stack';
import { environmentOf, stageOf } from '../../support/environments';

const mail = { host: 'smtp.example.com', port: 465 as const, from: 'app@example.com', timeoutSeconds: 10 };
const everything = environmentOf('production', {
  app: { mail },
  database: { proxy: true },
  network: { egress: 'none' },
});

it('opens nothing that the control refuses, with everything switched on', () => {
  const stage = stageOf(everything);
  const foundation = new FoundationStack(stage, 'foundation', { environment: everything });
  const network = new NetworkStack(stage, 'network', { environment: everything, foundation });
  const view = new EnvironmentView('prod', 'production', { network: Template.fromStack(network).toJSON() });
  const rules = view.ofType('AWS::EC2::SecurityGroupIngress').length;
  const between = connectionsOf(everything).filter(({ from, to }) => from !== 'internet' && to !== 'internet');
  expect(rules).toBe(between.length);
  expect(control.check(view)).toEqual([]);
});

it('names each connection once', () => {
  const keys = connectionsOf(everything).map(({ from, to, port }) => `${from} ${to} ${port}`);
  expect(new Set(keys).size).toBe(keys.length);
});

it('leaves out what an environment does not have', () => {
  const plain = environmentOf('production', {
    cache: { enabled: false, reason: 'Nothing is cached before the launch' },
  });
  const ends = connectionsOf(plain).flatMap(({ from, to }) => [from, to]);
  expect(ends).not.toContain('cache');
  expect(ends).not.toContain('endpoints');
});

it('keeps data where nothing leads out', () => {
  for (const { from, to } of connectionsOf(everything)) {
    if (to === 'internet') expect(['service', 'tasks', 'functions']).toContain(from);
    if (from === 'internet') expect(to).toBe('loadBalancer');
  }
});

import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { traceOverrides } from '../../../lib/controls/gate/overrides';
import { GatedApp, pack } from '../../support/gated-app';

beforeAll(traceOverrides);

/** The line of this file below the one that calls, as a refusal names it. */
const lineBelow = (): string => {
  const [, , frame = ''] = (new Error().stack ?? '').split('\n');
  return `test/controls/gate/overrides.test.ts:${Number(/:(\d+):\d+\)?$/.exec(frame)?.[1]) + 1}`;
};

function sourceOf(location: string, spoil: (app: GatedApp) => void): string | undefined {
  const made = new GatedApp({ packs: [pack({ find: () => [{ location }] })] });
  spoil(made);
  return made.judge().refused[0]?.source;
}

const CREATED = /^test\/support\/gated-app\.ts:\d+$/;

describe('a refusal names the line of the escape hatch', () => {
  it('that wrote there', () => {
    let line = '';
    const source = sourceOf('Properties.KmsMasterKeyId', ({ queue }) => {
      line = lineBelow();
      queue.addPropertyOverride('KmsMasterKeyId', 'none');
    });
    expect(source).toBe(line);
  });

  it.each([
    ['beneath it', 'Properties.RedrivePolicy', 'RedrivePolicy.maxReceiveCount'],
    ['around it', 'Properties.RedrivePolicy.maxReceiveCount', 'RedrivePolicy'],
  ])('that wrote %s', (_where, location, path) => {
    const source = sourceOf(location, ({ queue }) => queue.addPropertyOverride(path, {}));
    expect(source).toMatch(/^test\/controls\/gate\/overrides\.test\.ts:\d+$/);
  });

  it('that deleted it, and that wrote last', () => {
    let line = '';
    const source = sourceOf('DeletionPolicy', ({ queue }) => {
      queue.addOverride('DeletionPolicy', 'Retain');
      line = lineBelow();
      queue.addDeletionOverride('DeletionPolicy');
    });
    expect(source).toBe(line);
  });
});

describe('a refusal names the line that made the resource', () => {
  it.each([
    ['where nothing was overridden', 'Properties.KmsMasterKeyId', undefined],
    ['where something else was', 'Properties.KmsMasterKeyId', 'KmsMasterKeyIdOther'],
    ['where it is about all of it', '', 'KmsMasterKeyId'],
    ['where cdk-nag found it, which sees no override', 'Properties', 'KmsMasterKeyId'],
  ])('%s', (_when, location, path) => {
    const source = sourceOf(location, ({ queue }) => path && queue.addPropertyOverride(path, 'none'));
    expect(source).toMatch(CREATED);
  });
});

it('names the line that asked for an alarm, not the registrar that makes them all', () => {
  const trace = [
    'new Alarm in aws-cdk-lib...',
    `add (${process.cwd()}/lib/constructs/alarms/registrar.ts:83:20)`,
    `new DatabaseAlarms (${process.cwd()}/lib/constructs/database/database-alarms.ts:40:12)`,
  ];
  const made = new GatedApp({ packs: [pack({ find: () => [{ resource: 'prod/data/Alarm' }] })] });
  const alarm = new CfnAlarm(made.stack, 'Alarm', { comparisonOperator: 'x', evaluationPeriods: 1 });
  Object.defineProperty(alarm, 'creationStack', { value: trace });
  expect(made.judge().refused[0]?.source).toBe('lib/constructs/database/database-alarms.ts:40');
});

import { CloudWatchClient, type PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { handler } from '../../../lambda/audit-secrets';
import { env } from '../../../lambda/audit-secrets/env';
import { consoleLines } from '../../support/console-lines';
import { answering } from '../../support/secrets-manager/client';
import { SecretsManagerStandIn } from '../../support/secrets-manager/service';

const DAY = 24 * 3600_000;
const SECRET_VALUE = 'a-value-that-nobody-may-see';

let secrets: SecretsManagerStandIn;
let said: string[];
let measured: PutMetricDataCommand['input'][];
let login: string;
let sentry: string;

beforeEach(() => {
  secrets = new SecretsManagerStandIn();
  login = secrets.add({ name: 'ums/prod/database/app', value: SECRET_VALUE });
  sentry = secrets.add({ name: 'ums/prod/external/sentry-dsn', value: SECRET_VALUE, rotates: false });
  jest.spyOn(SecretsManagerClient.prototype, 'send').mockImplementation(answering(secrets) as never);
  measured = [];
  jest.spyOn(CloudWatchClient.prototype, 'send').mockImplementation((async (command: PutMetricDataCommand) => {
    measured.push(command.input);
    return {};
  }) as never);
  said = consoleLines();
  process.env[env.rotating] = `${login}=90`;
  process.env[env.byHand] = `${sentry}=90`;
  process.env[env.namespace] = 'Breakwater/Secrets';
  process.env.AWS_LAMBDA_FUNCTION_NAME = 'ums-prod-audit-secrets';
});

afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

/** What the real handler measures so many days after the secrets were made. */
async function measuredAfter(days: number): Promise<Readonly<Record<string, number | undefined>>> {
  const now = Date.parse('2026-11-01T00:00:00Z') + days * DAY;
  secrets.now = now;
  jest.useFakeTimers({ now, doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'setTimeout', 'clearTimeout'] });
  await handler({});
  const { MetricData = [] } = measured.at(-1) ?? {};
  return Object.fromEntries(MetricData.map(({ MetricName, Value }) => [MetricName ?? '', Value]));
}

describe('the audit of secrets', () => {
  it('measures days until due and late rotations, in its own namespace with its function as the dimension', async () => {
    expect(await measuredAfter(10)).toEqual({ LateRotations: 0, DaysUntilDue: 80 });
    expect(measured[0]?.Namespace).toBe('Breakwater/Secrets');
    expect(measured[0]?.MetricData?.[0]?.Dimensions).toEqual([
      { Name: 'FunctionName', Value: 'ums-prod-audit-secrets' },
    ]);
  });

  it.each([
    [75, 15, false],
    [76, 14, true],
    [90, 0, true],
    [100, -10, true],
  ])('after %i days a value that a person changes has %i left, told: %s', async (days, left, told) => {
    expect((await measuredAfter(days)).DaysUntilDue).toBe(left);
    const line = said.find((each) => each.includes('put-secret-value --secret-id ums/prod/external/sentry-dsn'));
    expect(line !== undefined).toBe(told);
  });

  it('counts from the value, not from labels or tags that were moved since', async () => {
    secrets.now += 80 * DAY;
    const current = secrets.holder(sentry, 'AWSCURRENT');
    await secrets.call('UpdateSecretVersionStage', {
      SecretId: sentry,
      VersionStage: 'DEPLOYED',
      MoveToVersionId: current,
    });
    expect((await measuredAfter(80)).DaysUntilDue).toBe(10);
  });

  it('starts anew when a person puts a new value', async () => {
    secrets.now += 85 * DAY;
    await secrets.call('PutSecretValue', { SecretId: sentry, SecretString: 'another value' });
    expect((await measuredAfter(85)).DaysUntilDue).toBe(90);
  });

  it.each([
    [92, 0],
    [93, 1],
  ])('after %i days without a rotation every 90 counts %i late', async (days, late) => {
    expect((await measuredAfter(days)).LateRotations).toBe(late);
  });

  it('counts a rotation that somebody switched off, and one whose secret is deleted', async () => {
    secrets.secret(login).rotates = false;
    expect((await measuredAfter(1)).LateRotations).toBe(1);
    secrets.secret(login).rotates = true;
    secrets.secret(login).deleted = secrets.now;
    expect((await measuredAfter(1)).LateRotations).toBe(1);
    expect(said.some((line) => line.includes('restore-secret --secret-id ums/prod/database/app'))).toBe(true);
  });

  it('says that a deleted value is late, and leaves an empty one to the deployment', async () => {
    secrets.secret(sentry).deleted = secrets.now;
    expect((await measuredAfter(1)).DaysUntilDue).toBe(-1);
    const empty = secrets.add({ name: 'ums/prod/external/mail', rotates: false });
    process.env[env.byHand] = `${empty}=90`;
    expect((await measuredAfter(1)).DaysUntilDue).toBe(366);
  });

  it('has no figure for values of persons where there are none', async () => {
    process.env[env.byHand] = '';
    expect(await measuredAfter(1)).toEqual({ LateRotations: 0 });
  });

  it('asks for no value, and says none', async () => {
    await measuredAfter(200);
    expect(secrets.calls.map(({ operation }) => operation)).not.toContain('GetSecretValue');
    expect(said.join('\n')).not.toContain(SECRET_VALUE);
  });

  it('names every variable that is wrong at once', async () => {
    process.env[env.rotating] = 'soon';
    process.env[env.namespace] = '';
    await expect(handler({})).rejects.toThrow(/ROTATING_SECRETS is 'soon'.*arn=days.*METRIC_NAMESPACE is not set/);
  });
});

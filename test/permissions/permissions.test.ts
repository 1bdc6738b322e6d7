import { randomUUID } from 'node:crypto';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { ECSClient } from '@aws-sdk/client-ecs';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { log } from '../../lambda/common/log';
import type { RotationEvent } from '../../lambda/common/rotation/event';
import { SecretStore } from '../../lambda/common/secrets/store';
import { prepare } from '../../lambda/prepare-database/prepare';
import { redeploy } from '../../lambda/redeploy-service/redeploy';
import { Services } from '../../lambda/redeploy-service/services';
import { environment as prod } from '../../lib/config/environments/prod';
import { environmentSchema } from '../../lib/config/schema';
import { FUNCTIONS } from '../../lib/controls/rules/functions';
import { bundledHandler } from '../support/bundled-handler';
import { consoleLines } from '../support/console-lines';
import { answering as answeringEcs } from '../support/ecs-deployments/ecs-client';
import type { HookEvent } from '../support/ecs-deployments/protocol';
import { SimulatedService } from '../support/ecs-deployments/service';
import { MASTER_SECRET, secretArn } from '../support/permissions/concrete';
import { Rights } from '../support/permissions/rights';
import { DatabaseEnvironment } from '../support/postgres/environment';
import { PostgresServer } from '../support/postgres/server';
import { renderedEnvironment } from '../support/sabotage/subject';
import { answering } from '../support/secrets-manager/client';
import { rotation } from '../support/secrets-manager/rotation';
import { SecretsManagerStandIn } from '../support/secrets-manager/service';

/** Production with a key of another company and mail, so that every function is there. */
const environment = environmentSchema('production').parse({
  ...prod,
  app: {
    ...prod.app,
    secrets: [{ name: 'SENTRY_DSN', purpose: 'Sentry: sends error reports' }],
    mail: { host: 'smtp.example.com', from: 'app@example.com' },
  },
});
const view = renderedEnvironment(environment);
const DAY = 24 * 3600_000;
const keyring = JSON.stringify({ version: 1, fallbacks: [], current: 'k'.repeat(64) });

/** The secrets of the environment, under the names that the template gives them. */
function secretsOf(): SecretsManagerStandIn {
  const secrets = new SecretsManagerStandIn();
  for (const { properties } of view.ofType('AWS::SecretsManager::Secret')) {
    const name = String(properties.Name);
    secrets.add({
      name,
      value: name.endsWith('-key') ? keyring : `a value of ${name}`,
      rotates: !name.includes('external'),
    });
  }
  return secrets;
}

/** Lets the deployed bundles talk to stand-ins, and takes their calls down. */
function listening(rights: Rights, secrets: SecretsManagerStandIn, service: SimulatedService): void {
  const stand = (client: object, answer: (command: never) => Promise<unknown>) =>
    jest.spyOn(client as { send: () => unknown }, 'send').mockImplementation(((command: { input: object }) => {
      rights.record(command.constructor.name.replace(/Command$/, ''), command.input);
      return answer(command as never);
    }) as never);
  stand(SecretsManagerClient.prototype, answering(secrets) as never);
  stand(ECSClient.prototype, answeringEcs(service) as never);
  stand(CloudWatchClient.prototype, async () => ({}));
  Object.assign(process.env, rights.variables, { AWS_LAMBDA_FUNCTION_NAME: `ums-prod-${rights.name}` });
}

type Scenario = (rights: Rights, secrets: SecretsManagerStandIn, service: SimulatedService) => Promise<void>;

/** Each function's whole work, in the order of its folder's name. */
const scenarios: Readonly<Record<string, Scenario>> = {
  'audit-secrets': async () => {
    await bundledHandler('audit-secrets')({});
  },
  'check-secrets': async (_, secrets, service) => {
    const handler = bundledHandler<HookEvent>('check-secrets');
    const named = ['external/sentry-dsn', 'external/mail'].map((name) => secrets.secret(`ums/prod/${name}`).arn);
    const revision = service.revision('app:2', undefined, named);
    await handler({ executionDetails: { targetServiceRevisionArn: revision.arn } } as never);
  },
  'prepare-database': async (rights) => {
    const { secrets, surroundings } = new DatabaseEnvironment(server);
    await prepare(surroundings, log);
    for (const { operation, input } of secrets.calls) rights.record(operation, input);
  },
  'redeploy-service': async (rights, secrets, service) => {
    const { CLUSTER_NAME, SERVICE_NAMES, SECRET_ARNS, LOGIN_SECRET_ARN } = rights.variables as Record<string, string>;
    const run = () =>
      redeploy({
        services: new Services(
          new ECSClient({ region: 'us-east-1' }),
          String(CLUSTER_NAME),
          String(SERVICE_NAMES).split(','),
        ),
        stores: String(SECRET_ARNS)
          .split(',')
          .map((id) => new SecretStore(id, { client: new SecretsManagerClient({ region: 'us-east-1' }) })),
        login: String(LOGIN_SECRET_ARN),
        unusedLogin: async ({ store, current }) => {
          await store.read(current);
          return undefined;
        },
        now: () => service.clock.now,
        log,
      });
    secrets.now = service.clock.now.getTime();
    await secrets.call('PutSecretValue', {
      SecretId: 'ums/prod/secret-key',
      ClientRequestToken: randomUUID(),
      SecretString: keyring,
    });
    await service.clock.until(service.clock.sleep(600));
    expect(await run()).toBe('deploy');
    await service.clock.until(service.clock.sleep(3600));
    expect(await run()).toBe('done');
  },
  'retire-application-key': async (_, secrets) => {
    const handler = bundledHandler('retire-application-key');
    const until = new Date(secrets.now + DAY).toISOString();
    const due = JSON.stringify({ ...JSON.parse(keyring), fallbacks: [{ key: 'f'.repeat(64), until }] });
    for (const name of ['secret-key', 'jwt-secret-key'])
      await secrets.call('PutSecretValue', {
        SecretId: `ums/prod/${name}`,
        ClientRequestToken: randomUUID(),
        SecretString: due,
      });
    await handler({});
  },
  'rotate-application-key': async (_, secrets) => {
    const invoke = bundledHandler<RotationEvent>('rotate-application-key');
    for (const name of ['secret-key', 'jwt-secret-key']) await rotation(secrets, `ums/prod/${name}`, { invoke });
  },
  'rotate-database-password': async (rights) => {
    const environment = new DatabaseEnvironment(server);
    await prepare(environment.surroundings, log);
    const before = environment.secrets.calls.length;
    for (const purpose of ['app', 'migrate'] as const) await environment.rotate(purpose);
    for (const { operation, input } of environment.secrets.calls.slice(before))
      if (operation !== 'RotateSecret') rights.record(operation, input);
  },
  'watch-deployment': async (_, __, service) => {
    service.start(service.revision('app:2', { healthyAfter: 'never' }));
    await service.clock.until(service.clock.sleep(3600));
    jest.useFakeTimers({
      now: service.clock.now,
      doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'setTimeout'],
    });
    await bundledHandler('watch-deployment')({});
  },
};

let server: PostgresServer;
beforeAll(async () => {
  server = await PostgresServer.start();
});
afterAll(() => server.stop());
beforeEach(() => void consoleLines());
afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

it('every function of the kit is tried', () => {
  expect(Object.keys(scenarios)).toEqual(Object.keys(FUNCTIONS).sort());
});

describe.each(Object.keys(scenarios))('the rights of %s', (name) => {
  it('allow every call that it makes, and no other', async () => {
    const rights = new Rights(view, name);
    const service = new SimulatedService();
    await service.deploy(service.revision('app:1'));
    await service.clock.until(service.clock.sleep(3600));
    const secrets = secretsOf();
    secrets.now = Date.now() - 2 * DAY;
    listening(rights, secrets, service);
    await scenarios[name]?.(rights, secrets, service);
    expect(await rights.judged()).toEqual({ refused: [], unused: [] });
  });
});

describe('the harness', () => {
  it('refuses a call of another secret, another label, another namespace', async () => {
    const rights = new Rights(view, 'redeploy-service');
    const other = secretArn('ums/prod/database/migrate');
    const own = secretArn('ums/prod/secret-key');
    rights.record('GetSecretValue', { SecretId: other });
    rights.record('UpdateSecretVersionStage', { SecretId: own, VersionStage: 'AWSCURRENT' });
    rights.record('GetSecretValue', { SecretId: secretArn(MASTER_SECRET) });
    const { refused } = await rights.judged();
    expect(refused.map((each) => each.split(':').slice(0, 2).join(':').split(' on ')[0])).toEqual([
      'secretsmanager:GetSecretValue',
      'kms:Decrypt',
      'secretsmanager:UpdateSecretVersionStage',
      'secretsmanager:GetSecretValue',
      'kms:Decrypt',
    ]);
    const audit = new Rights(view, 'audit-secrets');
    audit.record('PutMetricData', { Namespace: 'AWS/EC2' });
    expect((await audit.judged()).refused).toHaveLength(1);
  });

  it('finds what nobody calls', async () => {
    const { unused } = await new Rights(view, 'check-secrets').judged();
    expect(unused).toContain('ecs:DescribeTaskDefinition on *');
  });

  it('knows every call', () => {
    expect(() => new Rights(view, 'check-secrets').record('DeleteSecret', {})).toThrow('look up');
  });
});

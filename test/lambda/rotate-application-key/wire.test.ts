import { env } from '../../../lambda/rotate-application-key/env';
import { bundledHandler } from '../../support/bundled-handler';
import { consoleLines } from '../../support/console-lines';
import { refusal } from '../../support/secrets-manager/refusals';
import { rotation } from '../../support/secrets-manager/rotation';
import { SecretsManagerStandIn } from '../../support/secrets-manager/service';
import { foundIn } from '../../support/secrets-manager/spellings';
import { overTheWire, type Wire } from '../../support/secrets-manager/wire';
import { accepts, FIRST_KEY, generated, NAME } from './scene';

/** The bundle with the SDK's real client: its encoding, its errors and its patience. */
const handler = bundledHandler<unknown>('rotate-application-key');
const before = { ...process.env };
let service: SecretsManagerStandIn;
let wire: Wire;
let lines: string[];

beforeEach(async () => {
  service = new SecretsManagerStandIn();
  service.add({ name: NAME, value: generated() });
  wire = await overTheWire(service);
  lines = consoleLines();
  Object.assign(process.env, {
    [env.graceDays]: '7',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: wire.url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
  });
});
afterEach(async () => {
  jest.restoreAllMocks();
  await wire.close();
  process.env = { ...before };
});

const rotate = () => rotation(service, NAME, { invoke: handler, attempts: 1 });
const written = () => foundIn(lines.join('\n'), [FIRST_KEY, JSON.parse(service.value(NAME) ?? '').current]);

it('rotates over HTTP', async () => {
  await rotate();
  expect(JSON.parse(service.value(NAME) ?? '').current).not.toBe(FIRST_KEY);
  expect(accepts(service.value(NAME), FIRST_KEY)).toBe(true);
  expect(written()).toEqual([]);
});

it('outlasts throttling of each call, answers that fail and connections that break', async () => {
  const answers = ['throttled', 'failing', 'fine'];
  let turn = 0;
  service.interceptor = async ({ operation }, perform) => {
    // The service's own work, before it calls the function.
    if (operation === 'RotateSecret') return perform();
    const answer = answers[turn++ % answers.length];
    if (answer === 'throttled') throw refusal('ThrottlingException', 'Rate exceeded');
    // The work is done, and nobody hears of it: the SDK asks again.
    const result = await perform();
    if (answer === 'failing') throw new Error('broken');
    return result;
  };
  await rotate();
  expect(accepts(service.value(NAME), FIRST_KEY)).toBe(true);
  expect(service.secret(NAME).versions.size).toBe(2);
  expect(turn).toBeGreaterThan(30);
  expect(written()).toEqual([]);
});

it('ends with the service’s own words when it may not', async () => {
  service.interceptor = async ({ operation }, perform) => {
    if (operation === 'RotateSecret') return perform();
    throw Object.assign(new Error('User is not authorized to perform: secretsmanager:DescribeSecret'), {
      name: 'AccessDeniedException',
    });
  };
  await expect(rotate()).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringMatching(/Describe/),
  });
  expect(lines.join()).toContain('AccessDeniedException');
});

import { randomUUID } from 'node:crypto';
import { type RotationEvent, type Step, steps } from '../../../../lambda/common/rotation/event';
import { rotate } from '../../../../lambda/common/rotation/rotate';
import { consoleLines } from '../../../support/console-lines';
import { clientOf } from '../../../support/secrets-manager/client';
import { Boundaries, type Fault, whats } from '../../../support/secrets-manager/faults';
import { rotation } from '../../../support/secrets-manager/rotation';
import { SecretsManagerStandIn } from '../../../support/secrets-manager/service';
import { contentOf, Gate, wordsOf } from './words';

const NAME = 'ums/prod/word';

interface Scene {
  readonly service: SecretsManagerStandIn;
  readonly gate: Gate;
  readonly arn: string;
  /** Times when the word in use was not admitted. */
  readonly outages: string[];
  readonly invoke: (event: unknown) => Promise<void>;
}

function scene(boundaries: Boundaries, lag: number): Scene {
  const service = new SecretsManagerStandIn();
  const gate = new Gate();
  gate.boundaries = boundaries;
  gate.accepted.add('the-first-word');
  const arn = service.add({ name: NAME, value: contentOf(1, 'the-first-word') });
  service.lag = lag;
  const outages: string[] = [];
  const look = (at: string) => {
    if (!gate.admits(service.value(NAME) ?? '')) outages.push(at);
  };
  service.interceptor = ({ operation }, perform) => {
    // The service's own work, before it calls the function.
    if (operation === 'RotateSecret') return perform();
    return boundaries.around(operation, async () => {
      look(`before ${operation}`);
      const result = await perform();
      look(`after ${operation}`);
      return result;
    });
  };
  const invoke = (event: unknown) =>
    boundaries.run(() => rotate(wordsOf(gate), event, { client: clientOf(service), wait: async () => undefined }));
  return { service, gate, arn, outages, invoke };
}

/** Nothing of a fault may be left: two versions, each with a value, the new one current and admitted. */
function expectConverged({ service, gate, outages }: Scene, label: string): void {
  const versions = [...service.secret(NAME).versions.values()];
  const found = {
    label,
    labels: versions.map(({ stages }) => [...stages].sort().join()).sort(),
    put: versions.every(({ put }) => put),
    turn: (JSON.parse(service.value(NAME) ?? '{}') as { turn: number }).turn,
    admitted: gate.admits(service.value(NAME) ?? ''),
    // Only the word that was put was ever given to the gate.
    accepted: gate.accepted.size,
    moves: movesOf(service),
    outages,
  };
  expect(found).toEqual({
    label,
    labels: ['AWSCURRENT', 'AWSPREVIOUS'],
    put: true,
    turn: 2,
    admitted: true,
    accepted: 2,
    moves: 1,
    outages: [],
  });
}

/** How often AWSCURRENT really moved: AWSPREVIOUS would be elsewhere after a second time. */
const movesOf = (service: SecretsManagerStandIn) =>
  service.value(NAME, 'AWSPREVIOUS') === contentOf(1, 'the-first-word') ? 1 : Number.NaN;

let tried = 0;
beforeEach(() => void consoleLines());
afterEach(() => jest.restoreAllMocks());
afterAll(() => process.stdout.write(`rotation protocol: ${tried} points of failure and interleavings tried\n`));

describe.each([0, 2])('with reads that are %s late', (lag) => {
  async function boundariesOfARotation(): Promise<readonly string[]> {
    const boundaries = new Boundaries();
    const { service, invoke } = scene(boundaries, lag);
    await rotation(service, NAME, { invoke, attempts: 1 });
    return boundaries.passed;
  }

  it.each(whats)('converges when a boundary %s, wherever it is', async (what) => {
    const passed = await boundariesOfARotation();
    expect(passed.length).toBeGreaterThan(14);
    for (let at = 0; at < passed.length; at++) {
      const fault: Fault = { at, what };
      const boundaries = new Boundaries(fault);
      const acting = scene(boundaries, lag);
      await rotation(acting.service, NAME, { invoke: acting.invoke }).catch(() =>
        rotation(acting.service, NAME, { invoke: acting.invoke }),
      );
      expect(boundaries.struck).toBe(true);
      expectConverged(acting, `${what} at ${at}, ${passed[at]}`);
      tried++;
    }
  });

  it.each(steps)('converges when %s is held at a boundary while its twin runs to the end', async (held) => {
    for (let at = 0; ; at++) {
      const acting = scene(new Boundaries(), lag);
      const interleaved = await holding(acting, held, at);
      if (!interleaved) break;
      expectConverged(acting, `${held} held at ${at}`);
      tried++;
    }
  });

  it.each(steps)('converges when %s is held at a boundary while its twin does the same step', async (held) => {
    for (let at = 0; ; at++) {
      const acting = scene(new Boundaries(), lag);
      const interleaved = await holding(acting, held, at, true);
      if (!interleaved) break;
      expectConverged(acting, `${held} held at ${at} beside itself`);
      tried++;
    }
  });
});

/**
 * Holds one invocation of a step before its boundary number `at`, lets another one go on, and then lets the first
 * one go on.
 *
 * @returns false when the step has no such boundary
 */
async function holding(acting: Scene, held: Step, at: number, sameStepOnly = false): Promise<boolean> {
  const { service, gate, arn } = acting;
  const token = randomUUID();
  await service.call('RotateSecret', { SecretId: NAME, ClientRequestToken: token });
  const invoke = (Step: Step, client = clientOf(service), kind = wordsOf(gate)) =>
    rotate(kind, { Step, SecretId: arn, ClientRequestToken: token } satisfies RotationEvent, {
      client,
      wait: async () => undefined,
    });
  for (const step of steps.slice(0, steps.indexOf(held))) await invoke(step);

  let passed = 0;
  const twin = async () => {
    const rest = steps.slice(steps.indexOf(held));
    for (const step of sameStepOnly ? rest.slice(0, 1) : rest) await invoke(step);
  };
  const hold = async () => {
    if (passed++ === at) await twin();
  };
  const client = clientOf(service);
  const send = client.send.bind(client) as (command: unknown) => Promise<unknown>;
  client.send = (async (command: unknown) => {
    await hold();
    return send(command);
  }) as never;
  const kind = wordsOf(gate);
  await invoke(held, client, {
    ...kind,
    set: async (...given) => {
      await hold();
      return kind.set(...given);
    },
    test: async (...given) => {
      await hold();
      return kind.test(...given);
    },
  }).catch((error: Error) => {
    // The one that was held may find the rotation over; it must say so, and change nothing.
    if (!/may not follow/.test(error.message)) throw error;
  });
  for (const step of steps.slice(steps.indexOf(held))) await invoke(step);
  service.secret(NAME).versions.get(token)?.stages.delete('AWSPENDING');
  return passed > at;
}

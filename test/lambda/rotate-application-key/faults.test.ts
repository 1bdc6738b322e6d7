import { Boundaries, whats } from '../../support/secrets-manager/faults';
import { foundIn } from '../../support/secrets-manager/spellings';
import { accepts, clearScene, FIRST_KEY, generated, NAME, rotateBundle, Scene } from './scene';

const EXPIRED = 'ThisKeyIsOutOfItsGraceSinceAYear0123456789abcdefghijklmnopqrstuv';
const withExpired = JSON.stringify({
  ...JSON.parse(generated()),
  fallbacks: [{ key: EXPIRED, until: '2025-11-01T00:00:00Z' }],
});
let tried = 0;
afterEach(clearScene);
afterAll(() => process.stdout.write(`application keys: ${tried} points of failure and interleavings tried\n`));

/** A scene in which each call passes the boundaries, and the app's need is looked at before and after each. */
function watched(boundaries: Boundaries, content = generated()) {
  const scene = new Scene(content);
  const missing: string[] = [];
  const look = (at: string) => {
    if (!accepts(scene.service.value(NAME), FIRST_KEY)) missing.push(at);
  };
  scene.service.interceptor = ({ operation }, perform) => {
    // The service's own work, before it calls the function.
    if (operation === 'RotateSecret') return perform();
    return boundaries.around(operation, async () => {
      look(`before ${operation}`);
      const result = await perform();
      look(`after ${operation}`);
      return result;
    });
  };
  return { scene, missing };
}

function expectConverged(scene: Scene, missing: readonly string[], label: string, labels: readonly string[]): void {
  const versions = [...scene.service.secret(NAME).versions.values()].filter(({ stages }) => stages.size > 0);
  expect({
    label,
    labels: versions.map(({ stages }) => [...stages].sort().join()).sort(),
    put: versions.every(({ put }) => put),
    missing,
    accepted: scene.accepts(FIRST_KEY),
    shown: foundIn(scene.lines.join('\n'), [FIRST_KEY, EXPIRED, scene.ring.current]),
  }).toEqual({ label, labels, put: true, missing: [], accepted: true, shown: [] });
}

describe('a rotation', () => {
  it.each(whats)('converges when a boundary %s, wherever it is', async (what) => {
    const counting = new Boundaries();
    await watched(counting).scene.rotate();
    clearScene();
    for (const [at, operation] of counting.passed.entries()) {
      const boundaries = new Boundaries({ at, what });
      const { scene, missing } = watched(boundaries);
      await scene.rotate((event) => boundaries.run(() => rotateBundle(event)), 2);
      expect(boundaries.struck).toBe(true);
      expectConverged(scene, missing, `${what} at ${at}, ${operation}`, ['AWSCURRENT', 'AWSPREVIOUS']);
      expect(scene.service.secret(NAME).versions.size).toBe(2);
      expect(scene.ring.current).not.toBe(FIRST_KEY);
      clearScene();
      tried++;
    }
  });
});

describe('a retirement', () => {
  it.each(whats)('converges when a boundary %s, wherever it is', async (what) => {
    const counting = new Boundaries();
    await watched(counting, withExpired).scene.retire();
    clearScene();
    expect(counting.passed.length).toBeGreaterThan(4);
    for (const [at, operation] of counting.passed.entries()) {
      const boundaries = new Boundaries({ at, what });
      const { scene, missing } = watched(boundaries, withExpired);
      await boundaries.run(scene.retire).catch(() => undefined);
      await scene.retire();
      expect(boundaries.struck).toBe(true);
      expectConverged(scene, missing, `${what} at ${at}, ${operation}`, ['AWSCURRENT', 'AWSPREVIOUS']);
      expect(scene.service.secret(NAME).versions.size).toBe(2);
      expect(scene.ring).toMatchObject({ current: FIRST_KEY, fallbacks: [] });
      clearScene();
      tried++;
    }
  });

  /** Holds what runs first before its call number `at`, lets the other run to its end, and lets the first go on. */
  async function held(
    at: number,
    first: (scene: Scene) => Promise<unknown>,
    other: (scene: Scene) => Promise<unknown>,
  ) {
    const { scene, missing } = watched(new Boundaries(), withExpired);
    const { interceptor } = scene.service;
    let passed = 0;
    scene.service.interceptor = async (call, perform) => {
      if (passed++ === at) await other(scene);
      return interceptor(call, perform);
    };
    await first(scene);
    return { scene, missing, happened: passed > at };
  }

  it.each([
    ['a retirement', (scene: Scene) => scene.retire(), (scene: Scene) => scene.rotate()],
    ['a rotation', (scene: Scene) => scene.rotate(), (scene: Scene) => scene.retire()],
    ['a retirement beside its twin', (scene: Scene) => scene.retire(), (scene: Scene) => scene.retire()],
  ])('and a rotation both have their way when %s is held anywhere', async (what, first, other) => {
    for (let at = 0; ; at++) {
      const { scene, missing, happened } = await held(at, first, other);
      if (!happened) break;
      await scene.retire();
      expectConverged(scene, missing, `${what} held at ${at}`, ['AWSCURRENT', 'AWSPREVIOUS']);
      const rotated = !what.includes('twin');
      expect({ at, rotated: scene.ring.current !== FIRST_KEY }).toEqual({ at, rotated });
      expect(scene.ring.fallbacks.map(({ key }) => key)).toEqual(rotated ? [FIRST_KEY] : []);
      clearScene();
      tried++;
    }
  });
});

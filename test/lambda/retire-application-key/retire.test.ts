import { env } from '../../../lambda/retire-application-key/env';
import { clearScene, FIRST_KEY, generated, NAME, Scene } from '../rotate-application-key/scene';

afterEach(clearScene);

const changes = ({ service }: Scene) => service.calls.filter(({ operation }) => /^(Put|Update)/.test(operation)).length;

it('takes a key out when its grace is over, and not before', async () => {
  const scene = new Scene();
  await scene.rotate();
  scene.pass(6.99);
  await scene.retire();
  expect(scene.ring.fallbacks.map(({ key }) => key)).toEqual([FIRST_KEY]);
  scene.pass(0.02);
  const before = scene.ring.current;
  await scene.retire();
  expect(scene.ring).toMatchObject({ current: before, fallbacks: [] });
  expect(scene.service.holder(NAME, 'RETIRING')).toBeUndefined();
});

it('changes nothing when there is nothing to take out, as often as it runs', async () => {
  const scene = new Scene();
  await scene.rotate();
  const before = changes(scene);
  for (let time = 0; time < 5; time++) await scene.retire();
  expect(changes(scene)).toBe(before);
  scene.pass(8);
  await scene.retire();
  const after = changes(scene);
  for (let time = 0; time < 5; time++) await scene.retire();
  expect(changes(scene)).toBe(after);
});

it('takes keys out at once that are declared compromised, and leaves the current one to a rotation', async () => {
  const scene = new Scene();
  await scene.rotate();
  const { current } = scene.ring;
  scene.pass(1);
  const Value = new Date().toISOString();
  await scene.service.call('TagResource', {
    SecretId: NAME,
    Tags: [{ Key: 'breakwater:compromised-before', Value }],
  });
  await scene.retire();
  expect(scene.ring).toMatchObject({ current, fallbacks: [] });
});

it('tells by names what it took out', async () => {
  const scene = new Scene();
  await scene.rotate();
  const kid = scene.ring.fallbacks[0]?.kid;
  scene.pass(8);
  expect(await scene.retire()).toEqual([{ secret: NAME, kids: [kid] }]);
});

it('goes through all keyrings though one is broken, and then fails', async () => {
  const scene = new Scene();
  const others = ['broken', 'other'].map((name) =>
    scene.service.add({ name: `ums/prod/${name}`, value: name === 'broken' ? 'no JSON' : withExpired }),
  );
  process.env[env.keyrings] = [others[0], scene.arn, others[1]].join();
  await expect(scene.retire()).rejects.toThrow('it is not JSON');
  expect(JSON.parse(scene.service.value('ums/prod/other') ?? '').fallbacks).toBe('[]');
});

const withExpired = JSON.stringify({
  ...JSON.parse(generated()),
  fallbacks: [{ key: 'x'.repeat(64), until: '2025-11-01T00:00:00Z' }],
});

it('gives up with words when the keyring changes each time, and leaves no label', async () => {
  const scene = new Scene(withExpired);
  scene.service.interceptor = async ({ operation, input }, perform) => {
    if (operation === 'UpdateSecretVersionStage' && input.VersionStage === 'AWSCURRENT')
      await scene.service.call('PutSecretValue', { SecretId: NAME, SecretString: `${withExpired} ` });
    return perform();
  };
  await expect(scene.retire()).rejects.toThrow('it changed each time');
  expect(scene.service.holder(NAME, 'RETIRING')).toBeUndefined();
});

it('names a setting that is missing', async () => {
  const scene = new Scene();
  delete process.env[env.keyrings];
  await expect(scene.retire()).rejects.toThrow('KEYRINGS is not set');
});

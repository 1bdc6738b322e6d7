import { clearScene, generated, NAME, Scene } from '../../lambda/rotate-application-key/scene';

/** What a container finds in its environment. */
interface Keys extends Readonly<Record<string, string>> {
  readonly SECRET_KEY: string;
  readonly SECRET_KEY_FALLBACKS: string;
}

/** What tasks find that start at different moments. */
export interface RotatedKeys {
  /** Before any rotation: what CloudFormation generated. */
  readonly before: Keys;
  /** After a rotation by the real function. */
  readonly within: Keys;
  /** As long after it as the grace lasts, with nothing retired yet. */
  readonly past: Keys;
  /** After a rotation of keys that were declared compromised. */
  readonly compromised: Keys;
}

/** Rotates a keyring with the functions' bundles and hands its fields over as ECS does. */
export async function rotatedKeys(): Promise<RotatedKeys> {
  try {
    const scene = new Scene(generated(), {}, new Date());
    const before = handedOver(scene);
    await scene.rotate();
    const within = handedOver(scene);

    const early = new Scene(generated(), {}, new Date(Date.now() - 7 * 24 * 3600_000 - 1000));
    await early.rotate();
    const past = handedOver(early);

    const declared = new Scene(generated(), { 'breakwater:compromised-before': new Date().toISOString() }, new Date());
    await declared.rotate();
    return { before, within, past, compromised: handedOver(declared) };
  } finally {
    clearScene();
  }
}

/** ECS hands text over as it is, and an empty list as Go writes it. */
function handedOver({ service }: Scene): Keys {
  const { current, fallbacks } = JSON.parse(service.value(NAME) ?? '') as { current: string; fallbacks: unknown };
  if (typeof fallbacks !== 'string' && !(Array.isArray(fallbacks) && fallbacks.length === 0))
    throw new Error('ECS would hand this over in a notation that nothing reads');
  return { SECRET_KEY: current, SECRET_KEY_FALLBACKS: typeof fallbacks === 'string' ? fallbacks : '[]' };
}

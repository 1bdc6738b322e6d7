import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import { guards, satisfies } from '../expect';
import {
  containerNamed,
  guardContainers,
  sampleContainer,
  sampleTask,
  TASK_DEFINITION,
} from '../rules/compute/containers';
import type { EnvironmentView, Json } from '../view';

const OWN_REGISTRY =
  /^(\$\{AWS::AccountId\}|\d{12})\.dkr\.ecr\.[a-z0-9-]+\.(\$\{AWS::URLSuffix\}|amazonaws\.com(\.cn)?)\//;
/** By digest, or an asset of the CDK, whose tag is the hash of what it was built from. */
const BY_CONTENT = /@sha256:[0-9a-f]{64}$|:[0-9a-f]{64}$/;

const fixed = satisfies(
  "an image in the account's own registry, by digest or by the hash of its sources",
  (value, _task, environment) => {
    const text = environment.text(value);
    return OWN_REGISTRY.test(text) && BY_CONTENT.test(text);
  },
);

const image = (Image: Json) => ({ Task: sampleTask([sampleContainer('volumes'), sampleContainer('app', { Image })]) });
const REPOSITORY = { 'Fn::Sub': '${AWS::AccountId}.dkr.ecr.us-east-1.${AWS::URLSuffix}/ums/web' };
const at = (suffix: string): Json => ({ 'Fn::Join': ['', [REPOSITORY, suffix]] });
const byHash = (digit: string): Json => at(`:${digit.repeat(64)}`);

export const control: RuleControl = {
  id: 'images-fixed',
  title: "Every container's image is the account's own, named by its content",
  holds: ['C05/enforce', 'P11/enforce'],
  tiers: everyTier,
  why: 'A tag can be moved: what runs after a restart would not be what was tested, and nobody could say what it is.',
  remedy: 'Name the app’s image by digest under app.image, or give its Dockerfile’s folder.',
  ...guards(guardContainers({ Image: fixed }), {
    // The images of a task's helpers are the proxy's and the app's: a third one would be nobody's.
    protects: [],
    check: (environment) => [...sameImage(environment)],
  }),
  fixtures: {
    pass: [fixture('by digest', image(at(`@sha256:${'0'.repeat(64)}`))), fixture('an asset', image(byHash('a')))],
    refuse: [
      fixture('a tag', image(at(':latest'))),
      fixture('no tag', image(REPOSITORY)),
      fixture('a public registry', image('public.ecr.aws/docker/library/nginx:latest')),
      fixture("somebody else's registry by digest", image(`evil.example/app@sha256:${'1'.repeat(64)}`)),
      fixture('two images of the app in one environment', {
        One: sampleTask([sampleContainer('volumes'), sampleContainer('app', { Image: byHash('b') })]),
        Two: sampleTask([sampleContainer('volumes'), sampleContainer('app', { Image: byHash('c') })]),
      }),
    ],
  },
};

/** One image for the app and one for the proxy, in all tasks of the environment. */
function sameImage(environment: EnvironmentView): readonly Finding[] {
  const pairs = [
    { roles: ['app', 'static'], of: 'app' },
    { roles: ['proxy', 'volumes'], of: 'proxy' },
  ] as const;
  return pairs.flatMap(({ roles, of }) => {
    const images = environment
      .ofType(TASK_DEFINITION)
      .flatMap((task) => roles.map((role) => containerNamed(task, role)))
      .filter((each) => each !== undefined);
    const counts = new Map<string, number>();
    for (const { body } of images) {
      const text = environment.text(body.Image);
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
    const [usual] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? [];
    return images
      .filter(({ body }) => environment.text(body.Image) !== usual)
      .map(({ task, location, body }) => ({
        resource: task,
        location: `${location}.Image`,
        found: shown(body.Image),
        expected: `the one image of the ${of} in this environment`,
      }));
  });
}

import { everyTier, fixture, type RuleControl, shown } from '../control';
import { guards, is, oneOf, pointsAt, satisfies } from '../expect';
import {
  type Container,
  containersOf,
  fault,
  guardContainers,
  hasRole,
  sampleContainer,
  sampleTask,
  TASK_DEFINITION,
} from '../rules/compute/containers';
import { asObject, type EnvironmentView, type JsonObject } from '../view';

const OPTIONS = ['awslogs-group', 'awslogs-region', 'awslogs-stream-prefix', 'max-buffer-size', 'mode'];
const OPTION = 'LogConfiguration.Options';

const good = {
  'awslogs-group': { Ref: 'Group' },
  'awslogs-region': 'us-east-1',
  'awslogs-stream-prefix': 'app',
  mode: 'blocking',
};
const app = (options: JsonObject, driver = 'awslogs', tier?: JsonObject) => ({
  Group: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/ums/prod/application' } },
  Audit: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/ums/prod/audit' } },
  Task: sampleTask(
    [sampleContainer('app', { LogConfiguration: { LogDriver: driver, Options: { ...good, ...options } } })],
    tier,
  ),
});

export const control: RuleControl = {
  id: 'containers-logged',
  title: 'Every container logs to a group of this environment, and none that carries evidence may drop lines',
  holds: ['L01/enforce', 'L04/enforce', 'L09/enforce'],
  tiers: everyTier,
  why: 'ECS drops log lines by default when CloudWatch is slow, and lines in a file of a container are gone with it.',
  remedy: 'Add containers with addHardenedContainer(), and let only the proxy drop lines.',
  ...guards(
    guardContainers({
      'LogConfiguration.LogDriver': is('awslogs'),
      [`${OPTION}.awslogs-group`]: pointsAt('AWS::Logs::LogGroup'),
      [`${OPTION}.awslogs-region`]: satisfies('the region of this environment', (value, _task, environment) =>
        isOwnRegion(environment.text(value), environment),
      ),
      [`${OPTION}.awslogs-stream-prefix`]: satisfies('a prefix', (value) => typeof value === 'string' && value !== ''),
      [`${OPTION}.mode`]: oneOf('blocking', 'non-blocking'),
      [OPTION]: satisfies(`options among ${OPTIONS.join(', ')}`, (value) =>
        Object.keys(asObject(value)).every((name) => OPTIONS.includes(name)),
      ),
      'LogConfiguration.SecretOptions': satisfies('nothing', (value) => value === undefined),
    }),
    guardContainers({ [`${OPTION}.mode`]: is('blocking') }, (each) => !hasRole('proxy')(each)),
    // What may be dropped has room to wait first.
    guardContainers({ [`${OPTION}.max-buffer-size`]: is(`${25 * 1024 * 1024}b`) }, (each) => mayDrop(each)),
    { protects: [{ type: TASK_DEFINITION, properties: [`ContainerDefinitions.${OPTION}`] }], check: places },
  ),
  fixtures: {
    pass: [
      fixture('waits for CloudWatch', app({})),
      fixture(
        'migrations in the audit trail',
        app({ 'awslogs-group': { Ref: 'Audit' } }, 'awslogs', { Family: 'ums-prod-migrate' }),
      ),
    ],
    refuse: [
      fixture('in another region', {
        ...app({ 'awslogs-region': 'us-west-2' }),
        Proxy: sampleTask([
          sampleContainer('proxy', {
            Image: { 'Fn::Sub': '${AWS::AccountId}.dkr.ecr.us-east-1.${AWS::URLSuffix}/assets:1' },
          }),
        ]),
      }),
      fixture('drops lines', app({ mode: 'non-blocking' })),
      fixture('leaves it to ECS', app({ mode: null })),
      fixture('to a file', app({}, 'json-file')),
      fixture('to a group of nobody', app({ 'awslogs-group': '/somewhere' })),
      fixture('to the wrong class', app({ 'awslogs-group': { Ref: 'Audit' } })),
      fixture('migrations outside the audit trail', app({}, 'awslogs', { Family: 'ums-prod-migrate' })),
      fixture('with an option that loses lines', app({ 'awslogs-multiline-pattern': '.*' })),
      fixture('no log at all', { Task: sampleTask([sampleContainer('app')]) }),
    ],
  },
};

const REGION = /^([a-z]{2,4}(-[a-z]+)+-\d|\$\{AWS::Region\})$/;
const REGION_OF_IMAGE = /\.dkr\.ecr\.([^.]+)\./;

/** The region from which ECS fetches the kit's own image; a log in another would leave the environment. */
function isOwnRegion(region: string, environment: EnvironmentView): boolean {
  const fetched = containersOf(environment)
    .filter(hasRole('volumes', 'proxy'))
    .flatMap(({ body }) => REGION_OF_IMAGE.exec(environment.text(body.Image))?.[1] ?? []);
  return REGION.test(region) && (fetched.length === 0 || fetched.includes(region));
}

const mayDrop = ({ body }: Container): boolean =>
  asObject(asObject(body.LogConfiguration).Options).mode === 'non-blocking';

/** Requests go to the access log; migrations and one-off commands are evidence; the rest is the application's log. */
function places(environment: EnvironmentView) {
  return containersOf(environment).flatMap((container) => {
    const { task, body, name } = container;
    const family = environment.text(task.properties.Family);
    const wanted = name === 'proxy' ? 'access' : /-(migrate|one-off)$/.test(family) ? 'audit' : 'application';
    const value = asObject(asObject(body.LogConfiguration).Options)['awslogs-group'];
    const group = environment.target(value, task);
    const found = environment.text(group?.properties.LogGroupName);
    return found.endsWith(`/${wanted}`)
      ? []
      : [fault(container, `${OPTION}.awslogs-group`, group ? found : shown(value), `the group of class ${wanted}`)];
  });
}

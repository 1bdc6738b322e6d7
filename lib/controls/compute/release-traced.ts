import { everyTier, type Finding, type Fixture, type RuleControl, shown } from '../control';
import {
  containersOf,
  fault,
  hasRole,
  plainSettings,
  sampleContainer,
  sampleTask,
  TASK_DEFINITION,
} from '../rules/compute/containers';
import { asList, asObject, EnvironmentView, type Json, type JsonObject, type Resource, type Template } from '../view';

const SERVICE = 'AWS::ECS::Service';
const TAG = 'breakwater:release';
const PATTERN = '[0-9a-f]{40}([0-9a-f]{24})?';

const parameter = { Type: 'String', AllowedPattern: PATTERN };
const reference = { Ref: 'Release' };
const tags = [{ Key: TAG, Value: reference }];

/** An environment with a parameter, a task and a service. */
function traced(
  name: string,
  given: {
    readonly Release?: JsonObject | null;
    readonly setting?: Json;
    readonly task?: Json;
    readonly service?: JsonObject;
  },
): Fixture {
  const app = sampleContainer('app', { Environment: [{ Name: 'RELEASE', Value: given.setting ?? reference }] });
  const template: Template = {
    ...(given.Release === null ? {} : { Parameters: { Release: given.Release ?? parameter } }),
    Resources: {
      Task: sampleTask([app], { Tags: given.task ?? tags }),
      Service: { Type: SERVICE, Properties: { Tags: tags, PropagateTags: 'SERVICE', ...given.service } },
    },
  };
  return { name, environment: new EnvironmentView('fixture', 'production', { service: template }) };
}

export const control: RuleControl = {
  id: 'release-traced',
  title: 'Every deployment says which commit it brings, and every task carries it',
  holds: ['P11/enforce'],
  tiers: everyTier,
  why: 'In an incident the first question is what changed; without the commit on what runs, nobody can say.',
  remedy: 'Leave the parameter Release without a default, and hand it to tasks and services with Release.',
  protects: [
    { type: TASK_DEFINITION, properties: ['Tags'] },
    { type: SERVICE, properties: ['Tags', 'PropagateTags'] },
  ],
  check: (environment) => [
    ...environment.ofType(TASK_DEFINITION).flatMap((task) => untagged(task, environment)),
    ...environment.ofType(SERVICE).flatMap((service) => [...untagged(service, environment), ...kept(service)]),
    ...containersOf(environment)
      .filter(hasRole('app'))
      .flatMap((container) => {
        const value = plainSettings(container).RELEASE;
        return isRelease(value, container.task, environment)
          ? []
          : [fault(container, 'Environment', `RELEASE ${shown(value)}`, 'the parameter Release')];
      }),
  ],
  fixtures: {
    pass: [traced('a parameter on everything', {})],
    refuse: [
      traced('a literal commit', { setting: 'f'.repeat(40) }),
      traced('no parameter', { Release: null }),
      traced('a parameter with a default', { Release: { ...parameter, Default: 'f'.repeat(40) } }),
      traced('a parameter that takes anything', { Release: { Type: 'String' } }),
      traced('a parameter that takes a branch', { Release: { Type: 'String', AllowedPattern: '.*' } }),
      traced('a task without the tag', { task: [] }),
      traced('a service with another tag', { service: { Tags: [{ Key: TAG, Value: 'latest' }] } }),
      traced('tasks that do not get it', { service: { PropagateTags: 'NONE' } }),
    ],
  },
};

/** A reference to the parameter, which takes a full commit id and has no default. */
function isRelease(value: Json | undefined, from: Resource, environment: EnvironmentView): boolean {
  const declared = environment.templates[from.stack]?.Parameters?.Release;
  return (
    JSON.stringify(value) === JSON.stringify(reference) &&
    declared?.AllowedPattern === PATTERN &&
    declared.Type === 'String' &&
    declared.Default === undefined
  );
}

function untagged(resource: Resource, environment: EnvironmentView): Finding[] {
  const tag = asList(resource.properties.Tags)
    .map(asObject)
    .find(({ Key }) => Key === TAG);
  return isRelease(tag?.Value as Json | undefined, resource, environment)
    ? []
    : [
        {
          resource,
          location: 'Properties.Tags',
          found: `${TAG} ${shown(tag?.Value as Json)}`,
          expected: 'the parameter Release',
        },
      ];
}

/** ECS hands tags to tasks only when told to. */
function kept(service: Resource): Finding[] {
  const { PropagateTags: from } = service.properties;
  return from === 'SERVICE'
    ? []
    : [{ resource: service, location: 'Properties.PropagateTags', found: shown(from), expected: 'SERVICE' }];
}

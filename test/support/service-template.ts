import type { Stage } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import type { Environment } from '../../lib/config/schema';
import { DataStack } from '../../lib/stacks/data-stack';
import { EdgeStack } from '../../lib/stacks/edge-stack';
import { FoundationStack } from '../../lib/stacks/foundation-stack';
import { NetworkStack } from '../../lib/stacks/network-stack';
import { ServiceStack } from '../../lib/stacks/service-stack';
import { stageOf } from './environments';

/** The service's stack of an environment, with everything that it leans on. */
export function serviceStackOf(environment: Environment): ServiceStack {
  const stage: Stage = stageOf(environment);
  const foundation = new FoundationStack(stage, 'foundation', { environment });
  const network = new NetworkStack(stage, 'network', { environment, foundation });
  const data = new DataStack(stage, 'data', { environment, foundation, network });
  const edge = new EdgeStack(stage, 'edge', { environment, foundation, network });
  return new ServiceStack(stage, 'service', { environment, foundation, network, data, edge });
}

/** Its template. */
export const serviceTemplateOf = (environment: Environment): Template =>
  Template.fromStack(serviceStackOf(environment));

/** A container of a rendered task definition. */
export interface Container {
  readonly Name: string;
  readonly [property: string]: unknown;
}

/** Containers of the task of a process, by name. */
export function containersOf(template: Template, process: string): Record<string, Container> {
  const [task] = Object.values(
    template.findResources('AWS::ECS::TaskDefinition', {
      Properties: { Family: Match.stringLikeRegexp(`-${process}$`) },
    }),
  );
  const containers = (task?.Properties.ContainerDefinitions ?? []) as Container[];
  return Object.fromEntries(containers.map((each) => [each.Name, each]));
}

/** Names of settings or secrets, in alphabetical order. */
export const namesIn = (list: unknown) => (list as { Name: string }[]).map(({ Name }) => Name).sort();

/** Plain settings of a container, by name. */
export const settingsOf = (container: Container | undefined) =>
  Object.fromEntries(
    ((container?.Environment ?? []) as { Name: string; Value: unknown }[]).map(({ Name, Value }) => [Name, Value]),
  );

import type { Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
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

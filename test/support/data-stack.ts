import { Template } from 'aws-cdk-lib/assertions';
import type { Environment } from '../../lib/config/schema';
import { DataStack } from '../../lib/stacks/data-stack';
import { FoundationStack } from '../../lib/stacks/foundation-stack';
import { NetworkStack } from '../../lib/stacks/network-stack';
import { stageOf } from './environments';

/** The data stack of an environment with what it leans on, and its template. */
export function dataStackOf(environment: Environment) {
  const stage = stageOf(environment);
  const foundation = new FoundationStack(stage, 'foundation', { environment });
  const network = new NetworkStack(stage, 'network', { environment, foundation });
  const data = new DataStack(stage, 'data', { environment, foundation, network });
  return {
    stage,
    data,
    /** Synthesizes: what is added afterwards comes too late. */
    get template(): Template {
      return Template.fromStack(data);
    },
  };
}

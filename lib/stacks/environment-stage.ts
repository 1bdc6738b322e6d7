import { Stage } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Environment } from '../config/schema';
import { DataStack } from './data-stack';
import { EdgeStack } from './edge-stack';
import { FoundationStack } from './foundation-stack';
import { NetworkStack } from './network-stack';
import { OperationsStack } from './operations-stack';
import { PipelineStage } from './pipeline-stage';
import { ServiceStack } from './service-stack';

/** One environment: `npx cdk deploy 'prod/*'` deploys all of it. */
export class EnvironmentStage extends Stage {
  constructor(
    scope: Construct,
    readonly environment: Environment,
  ) {
    super(scope, environment.name, { env: { account: environment.account, region: environment.region } });
    const foundation = new FoundationStack(this, 'foundation', { environment });
    const network = new NetworkStack(this, 'network', { environment, foundation });
    const data = new DataStack(this, 'data', { environment, foundation, network });
    const edge = new EdgeStack(this, 'edge', { environment, foundation, network });
    new ServiceStack(this, 'service', { environment, foundation, network, data, edge });
    new OperationsStack(this, 'operations', { environment, foundation });
    new PipelineStage(this, 'pipeline', environment);
  }
}

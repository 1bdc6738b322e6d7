import type { Construct } from 'constructs';
import { Network } from '../constructs/network/network';
import { EnvironmentStack, type EnvironmentStackProps } from './environment-stack';
import type { FoundationStack } from './foundation-stack';

export interface NetworkStackProps extends EnvironmentStackProps {
  readonly foundation: FoundationStack;
}

/** Where everything runs and who may talk to whom. */
export class NetworkStack extends EnvironmentStack {
  readonly network: Network;

  constructor(scope: Construct, id: string, props: NetworkStackProps) {
    super(scope, id, { ...props, description: 'network' });
    const { environment, foundation } = props;
    this.network = new Network(this, 'Network', {
      environment,
      flowLogs: foundation.logs.groups.flow,
      alarms: foundation.alarms,
    });
    this.mayGo(...this.network.natAddresses);
    // Read only where there is a cache; the group stands in any case.
    this.alwaysExported(this.network.parts.cache.securityGroupId);
  }
}

import type { Construct } from 'constructs';
import { Edge } from '../constructs/edge/edge';
import { EnvironmentStack, type EnvironmentStackProps } from './environment-stack';
import type { FoundationStack } from './foundation-stack';
import type { NetworkStack } from './network-stack';

export interface EdgeStackProps extends EnvironmentStackProps {
  readonly foundation: FoundationStack;
  readonly network: NetworkStack;
}

/** Where the internet ends: name, certificate, load balancer. */
export class EdgeStack extends EnvironmentStack {
  readonly edge: Edge;

  constructor(scope: Construct, id: string, props: EdgeStackProps) {
    super(scope, id, { ...props, description: 'name, certificate and load balancer' });
    this.edge = new Edge(this, 'Edge', {
      environment: props.environment,
      network: props.network.network,
      accessLogs: props.foundation.accessLogs,
      alarms: props.foundation.alarms,
    });
    // Read only where copies follow the load.
    const { blue, green } = this.edge;
    this.alwaysExported(blue.targetGroupFullName, green.targetGroupFullName);
  }
}

import type { Construct } from 'constructs';
import { MonthlyBudget } from '../constructs/operations/monthly-budget';
import { EnvironmentStack, type EnvironmentStackProps } from './environment-stack';
import type { FoundationStack } from './foundation-stack';

export interface OperationsStackProps extends EnvironmentStackProps {
  readonly foundation: FoundationStack;
}

/** What people need to run the environment, beside the parts themselves. */
export class OperationsStack extends EnvironmentStack {
  constructor(scope: Construct, id: string, props: OperationsStackProps) {
    super(scope, id, { ...props, description: 'budget' });
    const { environment, foundation } = props;
    new MonthlyBudget(this, 'Budget', { environment, topic: foundation.topics.warning });
  }
}

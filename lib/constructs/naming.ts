import { RemovalPolicy } from 'aws-cdk-lib';
import type { Environment } from '../config/schema';

/** Physical name of a part: application, environment, part. Only for what people or policies must find by name. */
export function nameOf(environment: Environment, part: string): string {
  return `${environment.app.name}-${environment.name}-${part}`;
}

/**
 * What becomes of a stateful resource that leaves the template: production keeps it. Only a creation that is rolled back
 * takes it away again: it holds nothing yet, and its name would stand in the way of the next attempt.
 */
export function removalPolicyOf(environment: Environment): RemovalPolicy {
  return environment.tier === 'production' ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
}

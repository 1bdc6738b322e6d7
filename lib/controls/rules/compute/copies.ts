import { asList, type EnvironmentView, type Resource } from '../../view';

const SERVICE = 'AWS::ECS::Service';
const TARGET = 'AWS::ApplicationAutoScaling::ScalableTarget';

/** The service behind the load balancer; the others are workers. */
export const isWeb = (service: Resource): boolean => asList(service.properties.LoadBalancers).length > 0;

/** The services whose copies a scalable target sets. */
export const scaledBy = (target: Resource, environment: EnvironmentView): readonly Resource[] =>
  environment.targets(target.properties.ResourceId, target).filter(({ type }) => type === SERVICE);

/** The scalable targets that set the copies of a service. */
export const scalersOf = (service: Resource, environment: EnvironmentView): readonly Resource[] =>
  environment.ofType(TARGET).filter((target) => scaledBy(target, environment).includes(service));

/** Fewest copies of a service: what autoscaling keeps, or else what the service states. NaN when neither is a number. */
export function leastCopies(service: Resource, environment: EnvironmentView): number {
  const [target] = scalersOf(service, environment);
  return Number(target ? target.properties.MinCapacity : service.properties.DesiredCount);
}

import { type Finding, shown } from '../../control';
import type { Expectation, Guard } from '../../expect';
import { asList, asObject, at, type EnvironmentView, type Json, type Resource } from '../../view';

export const LOAD_BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer';
export const LISTENER = 'AWS::ElasticLoadBalancingV2::Listener';
export const LISTENER_RULE = 'AWS::ElasticLoadBalancingV2::ListenerRule';
export const TARGET_GROUP = 'AWS::ElasticLoadBalancingV2::TargetGroup';
export const CERTIFICATE = 'AWS::CertificateManager::Certificate';

/**
 * Guards a list of attributes, as load balancers and target groups have them. It is a closed world: each attribute
 * that is wanted must stand there once and be right, and no other may stand there at all.
 */
export function attributes(
  type: string,
  list: string,
  wanted: Readonly<Record<string, Expectation>>,
  known: readonly string[] = [],
): Guard {
  return {
    protects: [{ type, properties: [list] }],
    check: (environment) =>
      environment.ofType(type).flatMap((resource): Finding[] => {
        const location = `Properties.${list}`;
        const stated = asList(resource.properties[list]).map((each) => asObject(each));
        const named = (key: string) => stated.filter((each) => each.Key === key);
        const strangers = stated.filter(({ Key }) => !(String(Key) in wanted) && !known.includes(String(Key)));
        return [
          ...Object.entries(wanted).flatMap(([key, { expected, holds }]): Finding[] => {
            const [one, ...others] = named(key);
            return one && others.length === 0 && holds(one.Value, resource, environment)
              ? []
              : [
                  {
                    resource,
                    location,
                    found: `${key}: ${shown(named(key).map((each) => each.Value ?? null))}`,
                    expected,
                  },
                ];
          }),
          ...strangers.map((each) => ({
            resource,
            location,
            found: shown(each),
            expected: 'only attributes that the checklist knows',
          })),
        ];
      }),
  };
}

/** The value of an attribute. */
export function attributeOf(resource: Resource, list: string, key: string): Json | undefined {
  return asList(resource.properties[list])
    .map((each) => asObject(each))
    .find((each) => each.Key === key)?.Value;
}

/** Resources of a type whose property names `target`. */
export function naming(
  environment: EnvironmentView,
  type: string,
  property: string,
  target: Resource,
): readonly Resource[] {
  return environment.ofType(type).filter((each) => environment.target(at(each.properties, property), each) === target);
}

/** Whether a listener speaks TLS to clients. */
export const isHttps = (listener: Resource): boolean => listener.properties.Protocol === 'HTTPS';

/** The certificate made in this environment that a listener shows; nothing when it was brought along. */
export function certificateOf(listener: Resource, environment: EnvironmentView): Resource | undefined {
  const target = environment.target(at(listener.properties, 'Certificates.0.CertificateArn'), listener);
  return target?.type === CERTIFICATE ? target : undefined;
}

/** A value as text that is the same whatever the order of its properties. */
export const sorted = (value: Json | undefined): string =>
  JSON.stringify(value, (_key, each) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  ) ?? '';

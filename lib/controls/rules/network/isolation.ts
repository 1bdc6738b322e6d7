import { type Finding, shown } from '../../control';
import type { Guard } from '../../expect';
import { asList, asObject, at, type EnvironmentView, type Json, type Resource } from '../../view';

const SUBNET = 'AWS::EC2::Subnet';
const ASSOCIATION = 'AWS::EC2::SubnetRouteTableAssociation';
const ROUTE = 'AWS::EC2::Route';
const ENDPOINT = 'AWS::EC2::VPCEndpoint';
const GROUP = 'AWS::EC2::SecurityGroup';
const INGRESS = 'AWS::EC2::SecurityGroupIngress';

/** A resource that nothing outside the network may reach, and where its place is written. */
export interface Isolated {
  readonly type: string;
  /** Property that names the subnet group. */
  readonly subnetGroup: string;
  readonly subnetGroupType: string;
  /** Property with the list of security groups. */
  readonly securityGroups: string;
  /** Property with the port. */
  readonly port: string;
}

/**
 * Guards that a resource stands in two subnets at least, none of which has a route anywhere, and that only security groups
 * of this environment reach its port. Routes and sources are a closed world: whatever is there is refused.
 */
export function isolated(place: Isolated): Guard {
  return {
    protects: [
      { type: place.type, properties: [place.subnetGroup, place.securityGroups, place.port] },
      { type: place.subnetGroupType, properties: ['SubnetIds'] },
    ],
    check: (environment) =>
      environment
        .ofType(place.type)
        .flatMap((resource) => [
          ...subnetFaults(resource, place, environment),
          ...groupFaults(resource, place, environment),
        ]),
  };
}

function subnetFaults(resource: Resource, place: Isolated, environment: EnvironmentView): Finding[] {
  const name = resource.properties[place.subnetGroup];
  const group = environment.target(name, resource);
  if (group?.type !== place.subnetGroupType) {
    const expected = `a reference to a ${place.subnetGroupType} of this environment`;
    return [{ resource, location: `Properties.${place.subnetGroup}`, found: shown(name), expected }];
  }
  return isolatedSubnets(group, 'SubnetIds', environment);
}

/** What is wrong with the subnets that a property lists: fewer than two, foreign ones, or a way out of one. */
export function isolatedSubnets(holder: Resource, property: string, environment: EnvironmentView): Finding[] {
  const listed = asList(holder.properties[property]);
  const subnets = new Set(
    listed.flatMap((id) => {
      const subnet = environment.target(id, holder);
      return subnet?.type === SUBNET ? [subnet] : [];
    }),
  );
  if (subnets.size < 2 || subnets.size !== listed.length) {
    const expected = 'two subnets of this environment or more, each once';
    return [{ resource: holder, location: `Properties.${property}`, found: shown(listed), expected }];
  }
  return [...subnets].flatMap((subnet) => waysOut(subnet, environment));
}

function waysOut(subnet: Resource, environment: EnvironmentView): Finding[] {
  const associations = environment
    .ofType(ASSOCIATION)
    .filter((each) => environment.target(each.properties.SubnetId, each) === subnet);
  const tables = associations.map((each) => environment.target(each.properties.RouteTableId, each));
  if (tables.length === 0 || tables.some((table) => table === undefined)) {
    const found = 'no route table of its own';
    return [{ resource: subnet, location: 'Resource', found, expected: 'a route table without routes' }];
  }
  const routes = environment
    .ofType(ROUTE)
    .filter((route) => tables.includes(environment.target(route.properties.RouteTableId, route)))
    .map((resource) => ({
      resource,
      location: 'Resource',
      found: `a route out of ${subnet.path}`,
      expected: 'no route at all for an isolated subnet',
    }));
  // A gateway puts its routes into the table by itself: without a NAT it is all that tells the private tier from this one.
  const gateways = environment
    .ofType(ENDPOINT)
    .filter((endpoint) =>
      asList(endpoint.properties.RouteTableIds).some((each) => tables.includes(environment.target(each, endpoint))),
    )
    .map((each) => ({
      resource: subnet,
      location: 'Resource',
      found: `a way out by ${each.path}`,
      expected: 'no gateway in the route table of an isolated subnet',
    }));
  return String(subnet.properties.MapPublicIpOnLaunch ?? false) === 'false'
    ? [...routes, ...gateways]
    : [
        ...routes,
        ...gateways,
        { resource: subnet, location: 'Properties.MapPublicIpOnLaunch', found: 'true', expected: 'false or nothing' },
      ];
}

function groupFaults(resource: Resource, place: Isolated, environment: EnvironmentView): Finding[] {
  const listed = asList(at(resource.properties, place.securityGroups));
  const groups = listed.map((each) => environment.target(each, resource));
  if (groups.length === 0 || groups.some((group) => group?.type !== GROUP)) {
    const expected = 'security groups of this environment';
    return [{ resource, location: `Properties.${place.securityGroups}`, found: shown(listed), expected }];
  }
  const port = String(resource.properties[place.port]);
  return (groups as Resource[]).flatMap((group): Finding[] => {
    const rules = ingressOf(group, environment);
    const expected = `port ${port} from a named part of this environment`;
    if (rules.length === 0)
      return [{ resource: group, location: 'Resource', found: 'no rule that lets anybody in', expected }];
    return rules.flatMap(({ rule, at: location, from }): Finding[] => {
      const found = sourceFault(rule, from, port, group, environment);
      return found ? [{ resource: from, location, found, expected }] : [];
    });
  });
}

/** Every rule that lets something into a group, written in the group or beside it. */
function ingressOf(group: Resource, environment: EnvironmentView) {
  const inside = asList(group.properties.SecurityGroupIngress).map((rule, index) => ({
    rule: asObject(rule),
    at: `Properties.SecurityGroupIngress.${index}`,
    from: group,
  }));
  const beside = environment
    .ofType(INGRESS)
    .filter((each) => environment.target(each.properties.GroupId, each) === group)
    .map((each) => ({ rule: each.properties, at: 'Properties', from: each }));
  return [...inside, ...beside];
}

function sourceFault(
  rule: Readonly<Record<string, Json>>,
  from: Resource,
  port: string,
  group: Resource,
  environment: EnvironmentView,
): string | undefined {
  const source = environment.target(rule.SourceSecurityGroupId, from);
  if (source?.type !== GROUP) return `a source that is no security group of this environment: ${shown(rule)}`;
  if (rule.CidrIp !== undefined || rule.CidrIpv6 !== undefined || rule.SourcePrefixListId !== undefined)
    return `addresses beside the group: ${shown(rule)}`;
  if (rule.IpProtocol !== 'tcp' || String(rule.FromPort) !== port || String(rule.ToPort) !== port)
    return `${rule.IpProtocol} ${rule.FromPort} to ${rule.ToPort}`;
  if (source !== group && facesTheInternet(source, environment))
    return `a source that the internet reaches: ${source.path}`;
  return undefined;
}

/** Whether a group lets addresses in, as a public load balancer's does. */
const facesTheInternet = (group: Resource, environment: EnvironmentView): boolean =>
  ingressOf(group, environment).some(({ rule }) => rule.CidrIp !== undefined || rule.CidrIpv6 !== undefined);

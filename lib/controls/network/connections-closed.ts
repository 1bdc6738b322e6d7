import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import { between, callers, fromInternet, HTTPS, toInternet } from '../rules/network/connections';
import { type PartName, partNames, partOf, placesIn, SECURITY_GROUP } from '../rules/network/map';
import { networkWith, networkWithout, soundNetwork } from '../rules/network/samples';
import { asList, asObject, type EnvironmentView, type JsonObject, type Resource } from '../view';

const INGRESS = 'AWS::EC2::SecurityGroupIngress';
const EGRESS = 'AWS::EC2::SecurityGroupEgress';

/** What a rule may say; anything else, such as a prefix list, opens more than was judged. */
const RULE_PROPERTIES = new Set([
  'CidrIp',
  'CidrIpv6',
  'Description',
  'DestinationSecurityGroupId',
  'FromPort',
  'GroupId',
  'IpProtocol',
  'SourceSecurityGroupId',
  'ToPort',
]);

const rule = (from: string, properties: JsonObject) => ({
  ...soundNetwork,
  Added: { Type: INGRESS, Properties: { GroupId: { 'Fn::GetAtt': [from, 'GroupId'] }, ...properties } },
});
const anywhere = { CidrIp: '0.0.0.0/0', IpProtocol: 'tcp' };

export const control: RuleControl = {
  id: 'connections-closed',
  title: 'Only the connections of the table are open, between named parts, in both directions',
  holds: ['C07/enforce'],
  tiers: everyTier,
  why: 'Each further connection is a way in, or a way out for what was stolen.',
  remedy:
    'Write the connection into lib/constructs/network/connections.ts and here, with the reason, and nowhere else.',
  protects: [
    { type: SECURITY_GROUP, properties: ['SecurityGroupEgress'] },
    { type: INGRESS, properties: [] },
    { type: EGRESS, properties: [] },
    { type: INGRESS, properties: ['FromPort', 'GroupId', 'IpProtocol', 'SourceSecurityGroupId', 'ToPort'] },
    { type: EGRESS, properties: ['DestinationSecurityGroupId', 'FromPort', 'GroupId', 'IpProtocol', 'ToPort'] },
  ],
  check: (environment) => {
    const rules = rulesIn(environment);
    return [
      ...rules.flatMap((each) => faultOf(each, environment)),
      ...ungoverned(environment),
      ...unpaired(environment),
      ...missing(rules, environment),
    ];
  },
  fixtures: {
    pass: [
      fixture('the table', soundNetwork),
      fixture(
        'mail',
        networkWith('ServiceGroup', {
          'SecurityGroupEgress.1.FromPort': 443,
          'SecurityGroupEgress.2': { CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 587, ToPort: 587 },
        }),
      ),
    ],
    refuse: [
      fixture('SSH for everybody', rule('ServiceGroup', { ...anywhere, FromPort: 22, ToPort: 22 })),
      fixture('the service for everybody', rule('ServiceGroup', { ...anywhere, FromPort: 8443, ToPort: 8443 })),
      fixture(
        'every port of the load balancer',
        rule('LoadBalancerGroup', { ...anywhere, FromPort: 0, ToPort: 65535 }),
      ),
      fixture('every protocol', rule('LoadBalancerGroup', { CidrIp: '0.0.0.0/0', IpProtocol: '-1' })),
      fixture(
        'an office',
        rule('DatabaseGroup', { ...anywhere, CidrIp: '203.0.113.0/24', FromPort: 5432, ToPort: 5432 }),
      ),
      fixture(
        'a prefix list',
        rule('LoadBalancerGroup', { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, SourcePrefixListId: 'pl-1' }),
      ),
      fixture(
        'a part that the table does not name',
        rule('DatabaseGroup', {
          SourceSecurityGroupId: { 'Fn::GetAtt': ['LoadBalancerGroup', 'GroupId'] },
          IpProtocol: 'tcp',
          FromPort: 5432,
          ToPort: 5432,
        }),
      ),
      fixture('UDP', networkWith('ServiceGroupFromLoadBalancerGroup', { IpProtocol: 'udp' })),
      fixture('one port more', networkWith('ServiceGroupFromLoadBalancerGroup', { ToPort: 8444 })),
      fixture(
        'a way out of the database',
        networkWith('DatabaseGroup', { SecurityGroupEgress: [{ ...anywhere, FromPort: 443, ToPort: 443 }] }),
      ),
      fixture(
        'no rule outward, which is all of them',
        networkWith('DatabaseGroup', { SecurityGroupEgress: undefined }),
      ),
      fixture('an empty list outward', networkWith('DatabaseGroup', { SecurityGroupEgress: [] })),
      fixture(
        'every port outward',
        networkWith('ServiceGroup', { SecurityGroupEgress: [{ ...anywhere, FromPort: 0, ToPort: 65535 }] }),
      ),
      fixture(
        'plain HTTP outward',
        networkWith('ServiceGroup', { SecurityGroupEgress: [{ ...anywhere, FromPort: 80, ToPort: 80 }] }),
      ),
      fixture('a connection cut at its end', networkWithout('ServiceGroupFromLoadBalancerGroup')),
      fixture('a connection cut at its beginning', networkWithout('LoadBalancerGroupToServiceGroup')),
      fixture(
        'plain HTTP shut out, with its redirect',
        networkWith('LoadBalancerGroup', {
          'SecurityGroupIngress.2.FromPort': 443,
          'SecurityGroupIngress.2.ToPort': 443,
        }),
      ),
      fixture(
        'a caller shut in',
        networkWith('ServiceGroup', {
          SecurityGroupEgress: [{ CidrIp: '255.255.255.255/32', IpProtocol: 'tcp', FromPort: 9, ToPort: 9 }],
        }),
      ),
      fixture(
        'no rule to nobody',
        networkWith('ServiceGroup', { SecurityGroupEgress: [{ ...anywhere, FromPort: 443, ToPort: 443 }] }),
      ),
      fixture('a part without a group', networkWithout('CacheGroup')),
      fixture('users shut out', networkWith('LoadBalancerGroup', { SecurityGroupIngress: [] })),
    ],
  },
};

/** One rule of a security group, written in it or beside it. */
interface Rule {
  readonly resource: Resource;
  readonly location: string;
  readonly inward: boolean;
  readonly group: Resource | undefined;
  readonly peer: Resource | undefined;
  readonly body: JsonObject;
}

function rulesIn(environment: EnvironmentView): readonly Rule[] {
  const rules: Rule[] = [];
  const add = (
    resource: Resource,
    location: string,
    inward: boolean,
    group: Resource | undefined,
    body: JsonObject,
  ) => {
    const peer = environment.target(inward ? body.SourceSecurityGroupId : body.DestinationSecurityGroupId, resource);
    rules.push({ resource, location, inward, group, peer, body });
  };
  for (const group of environment.ofType(SECURITY_GROUP)) {
    for (const property of ['SecurityGroupIngress', 'SecurityGroupEgress']) {
      asList(group.properties[property]).forEach((each, index) => {
        add(group, `Properties.${property}.${index}`, property === 'SecurityGroupIngress', group, asObject(each));
      });
    }
  }
  for (const type of [INGRESS, EGRESS]) {
    for (const each of environment.ofType(type)) {
      const group = environment.target(each.properties.GroupId, each);
      add(each, 'Properties', type === INGRESS, group, each.properties);
    }
  }
  return rules;
}

function faultOf(each: Rule, environment: EnvironmentView): Finding[] {
  if ((!each.inward && isNobodys(each.body)) || isAllowed(each, environment)) return [];
  const own = partOf(each.group) ?? 'no part';
  const where = each.inward ? `into ${own}` : `out of ${own}`;
  return [
    {
      resource: each.resource,
      location: each.location,
      found: `a way ${where}: ${shown(each.body)}`,
      expected: 'only connections of the table (lib/constructs/network/connections.ts)',
    },
  ];
}

/** A rule to an address that nobody has keeps EC2 from adding one to everybody. */
const isNobodys = (body: JsonObject): boolean => body.CidrIp === '255.255.255.255/32' && peersOf(body) === 1;

const PEERS = ['CidrIp', 'CidrIpv6', 'SourceSecurityGroupId', 'DestinationSecurityGroupId'];
const peersOf = (body: JsonObject): number => PEERS.filter((name) => body[name] !== undefined).length;

function isAllowed({ inward, group, peer, body }: Rule, environment: EnvironmentView): boolean {
  const own = partOf(group);
  const port = String(body.FromPort);
  if (!own || peersOf(body) !== 1 || Object.keys(body).some((name) => !RULE_PROPERTIES.has(name))) return false;
  if (body.IpProtocol !== 'tcp' || port !== String(body.ToPort)) return false;
  if (body.CidrIp !== undefined || body.CidrIpv6 !== undefined) {
    // Users come over both; private subnets speak IPv4 alone.
    const everywhere = environment.text(body.CidrIp) === '0.0.0.0/0' || (inward && body.CidrIpv6 === '::/0');
    return everywhere && ((inward ? fromInternet : toInternet)[own]?.includes(port) ?? false);
  }
  const other = partOf(peer);
  const [from, to] = inward ? [other, own] : [own, other];
  return between.some((each) => each[0] === from && each[1] === to && each[2] === port);
}

/** Groups that EC2 would let reach everything, because they have no rule outward of their own. */
const ungoverned = (environment: EnvironmentView): Finding[] =>
  environment
    .ofType(SECURITY_GROUP)
    .filter(({ properties }) => !asList(properties.SecurityGroupEgress).some((each) => isNobodys(asObject(each))))
    .map((resource) => ({
      resource,
      location: 'Properties.SecurityGroupEgress',
      found: 'no rule to nobody: without one EC2 allows everything',
      expected: 'a rule outward to nobody, whatever other rules there are',
    }));

/** Each part has one group, used or not: what is made for it later must find its own. */
function unpaired(environment: EnvironmentView): Finding[] {
  const groups = environment.ofType(SECURITY_GROUP);
  const [resource] = groups;
  return !resource
    ? []
    : partNames
        .map((part) => [part, groups.filter((group) => partOf(group) === part).length] as const)
        .filter(([, count]) => count !== 1)
        .map(([part, count]) => ({
          resource,
          location: 'Resource',
          found: `${count} security groups of ${part}`,
          expected: 'one for each part',
        }));
}

/** What must be able to talk, where both parts are in use; a database talks to itself where a proxy stands before it. */
const needed = (environment: EnvironmentView) =>
  between.filter(([from, to]) => from !== to || environment.ofType('AWS::RDS::DBProxy').length > 0);

function missing(rules: readonly Rule[], environment: EnvironmentView): Finding[] {
  const used = new Map<PartName, Resource>();
  for (const { part, resource } of placesIn(environment)) used.set(part, used.get(part) ?? resource);
  // Migrations and one-off tasks are started by hand or hook: nothing in a template wears their group.
  for (const group of environment.ofType(SECURITY_GROUP)) if (partOf(group) === 'tasks') used.set('tasks', group);
  const stands = (inward: boolean, own: PartName, other: PartName, port: string) =>
    rules.some(
      (each) =>
        each.inward === inward &&
        partOf(each.group) === own &&
        partOf(each.peer) === other &&
        String(each.body.FromPort) === port,
    );
  const cut = needed(environment).flatMap(([from, to, port]): Finding[] => {
    const resource = used.get(to);
    if (!resource || !used.has(from)) return [];
    if (stands(false, from, to, port) && stands(true, to, from, port)) return [];
    const found = `no connection from ${from} to ${to} on ${port}`;
    return [{ resource, location: 'Resource', found, expected: 'a rule at both ends, as the table says' }];
  });
  return [...cut, ...shutOut(rules, used, environment)];
}

/** Users come in on both ports and in every family that the VPC speaks; what calls services gets out to them. */
function shutOut(
  rules: readonly Rule[],
  used: ReadonlyMap<PartName, Resource>,
  environment: EnvironmentView,
): Finding[] {
  const families = environment.ofType('AWS::EC2::VPCCidrBlock').length > 0 ? ['0.0.0.0/0', '::/0'] : ['0.0.0.0/0'];
  const wanted = [
    ...families.flatMap((range) => [HTTPS, '80'].map((port) => ['loadBalancer', true, range, port] as const)),
    ...callers.map((part) => [part, false, '0.0.0.0/0', HTTPS] as const),
  ];
  return wanted.flatMap(([part, inward, range, port]): Finding[] => {
    const resource = used.get(part);
    const stands = rules.some(
      ({ inward: into, group, body }) =>
        into === inward &&
        partOf(group) === part &&
        String(body.FromPort) === port &&
        (body.CidrIp === range || body.CidrIpv6 === range),
    );
    if (!resource || stands) return [];
    const found = `no way ${inward ? 'in from' : 'out to'} ${range} on ${port} for ${part}`;
    return [{ resource, location: 'Resource', found, expected: 'the rule of the table' }];
  });
}

import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import { asList, type EnvironmentView, type Json, type Resource } from '../view';

const ENDPOINT = 'AWS::EC2::VPCEndpoint';
const NAT = 'AWS::EC2::NatGateway';
/** What a task needs before its first line runs, and to leave that line somewhere. ECR keeps image layers in S3. */
const NEEDED = ['ecr.api', 'ecr.dkr', 'logs', 's3', 'secretsmanager'];
/** What functions of the kit call besides. */
const NEEDED_BY_FUNCTIONS = ['ecs', 'monitoring'];

const endpoint = (service: string) => ({
  Type: ENDPOINT,
  Properties: { ServiceName: `com.amazonaws.us-east-1.${service}`, PrivateDnsEnabled: true },
});
const closedNetwork = (services: readonly string[], changes: Readonly<Record<string, Json>> = {}) => ({
  Vpc: { Type: 'AWS::EC2::VPC' },
  ...Object.fromEntries(
    services.map((service) => {
      const { Type, Properties } = endpoint(service);
      return [`To${service.replace('.', '')}`, { Type, Properties: { ...Properties, ...changes } }];
    }),
  ),
});

export const control: RuleControl = {
  id: 'services-reachable',
  title: 'What runs reaches the services of AWS that it can’t start without',
  holds: ['C02/enforce'],
  tiers: everyTier,
  why: 'Running copies go on, so that nobody notices until one is replaced: then no image, no secret and no log can be reached.',
  remedy: 'Leave network.egress and the endpoints of the Network construct as they are.',
  protects: [{ type: ENDPOINT, properties: ['ServiceName'] }],
  check: (environment) => {
    if (environment.ofType(NAT).length > 0) return [];
    const needed = [...NEEDED, ...(environment.ofType('AWS::Lambda::Function').length > 0 ? NEEDED_BY_FUNCTIONS : [])];
    return environment.ofType('AWS::EC2::VPC').flatMap((vpc) =>
      needed
        .filter((service) => !environment.ofType(ENDPOINT).some((each) => leadsTo(service, each, environment)))
        .map((service): Finding => {
          const found = `neither a NAT gateway nor an endpoint for ${service}`;
          return { resource: vpc, location: 'Resource', found, expected: `a way to ${needed.join(', ')}` };
        }),
    );
  },
  fixtures: {
    pass: [
      fixture('an endpoint for each', closedNetwork(NEEDED)),
      fixture('a NAT gateway', { ...closedNetwork([]), Nat: { Type: NAT } }),
    ],
    refuse: [
      fixture('no way to its images', closedNetwork(NEEDED.filter((service) => service !== 'ecr.dkr'))),
      fixture('no way out at all', closedNetwork([])),
      fixture('a function that reaches no ECS', {
        ...closedNetwork(NEEDED),
        Function: { Type: 'AWS::Lambda::Function' },
      }),
    ],
  },
};

function leadsTo(service: string, endpoint: Resource, environment: EnvironmentView): boolean {
  const { ServiceName: name, VpcEndpointType: kind, RouteTableIds: tables } = endpoint.properties;
  const isGateway = kind === 'Gateway';
  return environment.text(name).endsWith(`.${service}`) && (!isGateway || asList(tables).length > 0);
}

import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import { absent, companion, type Guard, guard, guards, is, oneOf, satisfies } from '../expect';
import { CERTIFICATE, LOAD_BALANCER } from '../rules/edge/load-balancers';
import { edgeAnd, edgePart, edgeWith, edgeWithout, soundEdge } from '../rules/edge/samples';
import { asList, at, type EnvironmentView, type Resource } from '../view';

const RECORD = 'AWS::Route53::RecordSet';
const AUTHORITY = '0 issue "amazon.com"';
/** Half an hour, Route 53's usual; an alias has none of its own. */
const TTL_SECONDS = 1800;

const isAlias = ({ properties }: Resource): boolean => properties.Type !== 'CAA';
const isAuthority = ({ properties }: Resource): boolean => properties.Type === 'CAA';

/** Whether a record is about the certificate's name, in its zone. */
const isOfName = (record: Resource, certificate: Resource): boolean =>
  record.properties.Name === `${certificate.properties.DomainName}.` &&
  record.properties.HostedZoneId === at(certificate.properties, 'DomainValidationOptions.0.HostedZoneId');

/** Whether a record of a type leads the certificate's name to a load balancer. */
const leads = (type: string) => (record: Resource, balancer: Resource, environment: EnvironmentView) =>
  record.properties.Type === type &&
  environment.targets(record.properties.AliasTarget, record).includes(balancer) &&
  environment.ofType(CERTIFICATE).some((certificate) => isOfName(record, certificate));

/** With a certificate of its own, an environment keeps its records too. */
const keepsRecords = (_balancer: Resource, environment: EnvironmentView): boolean =>
  environment.ofType(CERTIFICATE).length > 0;
const hasIpv6 = (balancer: Resource, environment: EnvironmentView): boolean =>
  keepsRecords(balancer, environment) && balancer.properties.IpAddressType === 'dualstack';

/** Ways to make or change names that go past the records above. */
const noOtherNames: Guard = {
  protects: [],
  check: (environment) =>
    ['AWS::Route53::RecordSetGroup', 'AWS::Route53::HostedZone'].flatMap((type) =>
      environment.ofType(type).map(
        (resource): Finding => ({
          resource,
          location: 'Resource',
          found: `names of another kind: ${shown(type)}`,
          expected: 'records of the environment’s name only',
        }),
      ),
    ),
};

export const control: RuleControl = {
  id: 'name-leads-here',
  title: 'The public name leads to the load balancer and nowhere else, and only Amazon may sign for it',
  holds: ['E03/enforce', 'E01/enforce'],
  tiers: everyTier,
  why: 'A record that leads elsewhere hands the users, and a certificate for the name, to somebody else.',
  remedy: 'Leave the records of the PublicName construct as they are.',
  ...guards(
    companion(RECORD, { by: LOAD_BALANCER, as: 'an A record of the public name', only: keepsRecords }, leads('A')),
    companion(RECORD, { by: LOAD_BALANCER, as: 'an AAAA record beside IPv6', only: hasIpv6 }, leads('AAAA')),
    companion(
      RECORD,
      { by: CERTIFICATE, as: 'a CAA record for its name' },
      (record, certificate) => isAuthority(record) && isOfName(record, certificate),
    ),
    guard(RECORD, {
      Type: oneOf('A', 'AAAA', 'CAA'),
      Name: satisfies('the name of the certificate', (_value, record, environment) =>
        environment.ofType(CERTIFICATE).some((certificate) => isOfName(record, certificate)),
      ),
      HostedZoneId: satisfies('the zone of the certificate', (value) => typeof value === 'string'),
      // Several records of one name would share its traffic.
      SetIdentifier: absent,
    }),
    guard(
      RECORD,
      {
        'AliasTarget.DNSName': satisfies('the load balancer’s name', (value, record, environment) => {
          const targets = environment.targets(value, record);
          return (
            targets.length === 1 &&
            targets[0]?.type === LOAD_BALANCER &&
            environment.text(value) === `dualstack.\${${targets[0].logicalId}.DNSName}`
          );
        }),
        'AliasTarget.HostedZoneId': satisfies(
          'the load balancer’s zone',
          (value, record, environment) =>
            environment.target(value, record)?.type === LOAD_BALANCER &&
            environment.text(value).endsWith('.CanonicalHostedZoneID}'),
        ),
        ResourceRecords: absent,
      },
      isAlias,
    ),
    guard(
      RECORD,
      {
        ResourceRecords: satisfies(AUTHORITY, (value) => asList(value).length === 1 && asList(value)[0] === AUTHORITY),
        TTL: is(TTL_SECONDS),
        AliasTarget: absent,
      },
      isAuthority,
    ),
    noOtherNames,
  ),
  fixtures: {
    pass: [
      fixture('leads here', soundEdge),
      fixture('with IPv6', {
        ...edgeWith('Balancer', { IpAddressType: 'dualstack' }),
        Record6: edgePart('Record', { Type: 'AAAA' }),
      }),
      fixture('kept by hand', edgeWithout('Certificate', 'Record', 'Authorities')),
    ],
    refuse: [
      fixture('no record', edgeWithout('Record')),
      fixture('no word on authorities', edgeWithout('Authorities')),
      fixture('another authority', edgeWith('Authorities', { ResourceRecords: ['0 issue "evil.example"'] })),
      fixture('two authorities', edgeWith('Authorities', { ResourceRecords: [AUTHORITY, '0 issue "evil.example"'] })),
      fixture('an address', edgeWith('Record', { AliasTarget: undefined, ResourceRecords: ['203.0.113.9'] })),
      fixture(
        'somewhere else',
        edgeWith('Record', { AliasTarget: { DNSName: 'evil.example', HostedZoneId: 'Z0123456789' } }),
      ),
      fixture('another name', edgeWith('Record', { Name: 'other.example.com.' })),
      fixture('another zone', edgeWith('Record', { HostedZoneId: 'Z9999999999' })),
      fixture('a share of the traffic', edgeWith('Record', { SetIdentifier: 'half', Weight: 50 })),
      fixture('a canonical name', edgeWith('Record', { Type: 'CNAME' })),
      fixture('IPv6 without a record', edgeWith('Balancer', { IpAddressType: 'dualstack' })),
      fixture('a group of records', edgeAnd({ More: { Type: 'AWS::Route53::RecordSetGroup' } })),
    ],
  },
};

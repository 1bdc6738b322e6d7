import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import { absent, type Guard, guard, guards, is, oneOf, satisfies } from '../expect';
import { CERTIFICATE, certificateOf, isHttps, LISTENER } from '../rules/edge/load-balancers';
import { edgeAnd, edgePart, edgeWith, edgeWithout, soundEdge } from '../rules/edge/samples';
import { asList, asObject, at, type EnvironmentView, type Resource } from '../view';

const BROUGHT =
  /^arn:(aws[a-z-]*|\$\{AWS::Partition\}):acm:[a-z0-9-]+:(\d{12}|\$\{AWS::AccountId\}):certificate\/[0-9a-f-]{36}$/;
const BROUGHT_EXAMPLE = {
  'Fn::Join': ['', ['arn:aws:acm:us-east-1:', { Ref: 'AWS::AccountId' }, `:certificate/${'0'.repeat(36)}`]],
};
const HOST = /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,63}$/;

const isShown = (certificate: Resource, environment: EnvironmentView): boolean =>
  environment.ofType(LISTENER).some((listener) => certificateOf(listener, environment) === certificate);

/** Certificates that nobody asked for: in the environment, or beside the one of a listener. */
const noOthers: Guard = {
  protects: [],
  check: (environment) =>
    [
      ...environment.ofType(CERTIFICATE).filter((each) => !isShown(each, environment)),
      ...environment.ofType('AWS::ElasticLoadBalancingV2::ListenerCertificate'),
    ].map(
      (resource): Finding => ({
        resource,
        location: 'Resource',
        found: `a certificate that the checklist doesn't know: ${shown(resource.type)}`,
        expected: 'one certificate, on the HTTPS listener',
      }),
    ),
};

export const control: RuleControl = {
  id: 'certificate-managed',
  title: 'HTTPS shows one certificate of ACM, for one name, validated by DNS so that it renews by itself',
  holds: ['E03/enforce'],
  tiers: everyTier,
  why: 'A certificate validated by mail or made by hand ends on the day when nobody thinks of it, and HSTS keeps users out.',
  remedy: 'Name the hosted zone under domain.hostedZone, or an issued ACM certificate under domain.certificateArn.',
  ...guards(
    guard(
      LISTENER,
      {
        Certificates: satisfies(
          'one certificate of this environment, or the ARN of one of ACM',
          (value, listener, environment) => {
            const brought = BROUGHT.test(environment.text(at(value, '0.CertificateArn')));
            return asList(value).length === 1 && (brought || certificateOf(listener, environment) !== undefined);
          },
        ),
      },
      isHttps,
    ),
    guard(CERTIFICATE, {
      DomainName: satisfies('one host name in lower case', (value) => HOST.test(String(value))),
      SubjectAlternativeNames: absent,
      ValidationMethod: is('DNS'),
      DomainValidationOptions: satisfies('the name and its hosted zone', (value, { properties }) => {
        const [option, ...others] = asList(value).map((each) => asObject(each));
        const zone = String(option?.HostedZoneId);
        return others.length === 0 && option?.DomainName === properties.DomainName && /^Z[A-Z0-9]{6,31}$/.test(zone);
      }),
      KeyAlgorithm: oneOf('EC_prime256v1', 'EC_secp384r1'),
      CertificateTransparencyLoggingPreference: is('ENABLED'),
      // A private authority is unknown to browsers, and an exportable key can leave ACM.
      CertificateAuthorityArn: absent,
      CertificateExport: absent,
    }),
    noOthers,
  ),
  fixtures: {
    pass: [
      fixture('validated by DNS', soundEdge),
      fixture('brought along', {
        ...edgeWithout('Certificate', 'Record', 'Authorities'),
        Https: edgePart('Https', { Certificates: [{ CertificateArn: BROUGHT_EXAMPLE }] }),
      }),
    ],
    refuse: [
      fixture('validated by mail', edgeWith('Certificate', { ValidationMethod: 'EMAIL' })),
      fixture('no zone to validate in', edgeWith('Certificate', { DomainValidationOptions: undefined })),
      fixture(
        "another name's zone",
        edgeWith('Certificate', {
          DomainValidationOptions: [{ DomainName: 'example.net', HostedZoneId: 'Z0123456789' }],
        }),
      ),
      fixture('every name', edgeWith('Certificate', { DomainName: '*.example.com' })),
      fixture('further names', edgeWith('Certificate', { SubjectAlternativeNames: ['evil.example'] })),
      fixture('a short key', edgeWith('Certificate', { KeyAlgorithm: 'RSA_1024' })),
      fixture(
        'kept out of the public logs',
        edgeWith('Certificate', { CertificateTransparencyLoggingPreference: 'DISABLED' }),
      ),
      fixture('exportable', edgeWith('Certificate', { CertificateExport: 'ENABLED' })),
      fixture('none on the listener', edgeWith('Https', { Certificates: [] })),
      fixture('a foreign one', edgeWith('Https', { Certificates: [{ CertificateArn: 'foreign' }] })),
      fixture(
        'not of ACM',
        edgeWith('Https', { Certificates: [{ CertificateArn: 'arn:aws:iam::1:server-certificate/x' }] }),
      ),
      fixture('gone', edgeWithout('Certificate')),
      fixture('a second one', edgeAnd({ Spare: edgePart('Certificate') })),
      fixture(
        'a second one on the listener',
        edgeAnd({ Extra: { Type: 'AWS::ElasticLoadBalancingV2::ListenerCertificate', Properties: {} } }),
      ),
    ],
  },
};

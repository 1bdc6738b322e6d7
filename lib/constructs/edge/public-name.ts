import { Arn, ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import {
  Certificate,
  CertificateValidation,
  type ICertificate,
  KeyAlgorithm,
} from 'aws-cdk-lib/aws-certificatemanager';
import type { IApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import {
  AaaaRecord,
  ARecord,
  CaaRecord,
  CaaTag,
  HostedZone,
  type IHostedZone,
  RecordTarget,
} from 'aws-cdk-lib/aws-route53';
import { LoadBalancerTarget } from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';
import type { Environment } from '../../config/schema';

/** The only authority that may sign for the name. */
const AUTHORITY = 'amazon.com';

export interface PublicNameProps {
  readonly environment: Environment;
}

/**
 * The name that users open: its certificate, and the records that lead to the load balancer.
 *
 * With a hosted zone in the configuration both are made here, and ACM renews the certificate by itself for as long as
 * its validation record stands. Without one, the operator brings an issued certificate and keeps the records.
 */
export class PublicName extends Construct {
  readonly certificate: ICertificate;
  private readonly host: string;
  private readonly zone?: IHostedZone;

  constructor(scope: Construct, id: string, props: PublicNameProps) {
    super(scope, id);
    const { domain } = props.environment;
    this.host = domain.name;
    if ('certificateArn' in domain) {
      // Of this account and region, as the parser has checked: said by reference, so that no account number is needed.
      const { resource, resourceName } = Arn.split(domain.certificateArn, ArnFormat.SLASH_RESOURCE_NAME);
      const arn = Stack.of(this).formatArn({ service: 'acm', resource, resourceName });
      this.certificate = Certificate.fromCertificateArn(this, 'Certificate', arn);
      return;
    }
    this.zone = HostedZone.fromHostedZoneAttributes(this, 'Zone', {
      hostedZoneId: domain.hostedZone.id,
      zoneName: domain.hostedZone.name,
    });
    this.certificate = new Certificate(this, 'Certificate', {
      domainName: domain.name,
      validation: CertificateValidation.fromDns(this.zone),
      // A handshake with P-256 costs less time and fewer bytes than RSA 2048, and every client that speaks TLS 1.2 with
      // forward secrecy, the oldest that the listener takes, knows it.
      keyAlgorithm: KeyAlgorithm.EC_PRIME256V1,
      // Browsers refuse certificates that are missing from the public logs, and the logs show us foreign ones.
      transparencyLoggingEnabled: true,
    });
  }

  /** Leads the name to the load balancer, and says who may sign for it. */
  pointAt(loadBalancer: IApplicationLoadBalancer, options: { readonly dualStack: boolean }): void {
    if (!this.zone) return;
    const record = { zone: this.zone, recordName: this.host };
    const target = RecordTarget.fromAlias(new LoadBalancerTarget(loadBalancer));
    new ARecord(this, 'Ipv4', { ...record, target });
    if (options.dualStack) new AaaaRecord(this, 'Ipv6', { ...record, target });
    // On the name itself, not on the zone: other names of the zone may have other authorities.
    new CaaRecord(this, 'Authorities', {
      ...record,
      ttl: Duration.minutes(30),
      values: [{ flag: 0, tag: CaaTag.ISSUE, value: AUTHORITY }],
    });
  }
}

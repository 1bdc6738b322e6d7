import type { Json, JsonObject, Resource } from '../../../../lib/controls/view';
import { isIntrinsic, type Mutation, type SiteGenerator } from '../site';

/** What somebody would add to a list, by the property that holds it. */
const HOSTILE_ITEMS: Readonly<Record<string, readonly Json[]>> = {
  AlarmActions: ['arn:aws:sns:us-east-1:999999999999:foreign'],
  Certificates: [{ CertificateArn: 'arn:aws:acm:us-east-1:999999999999:certificate/foreign' }],
  ContainerDefinitions: [{ Name: 'miner', Image: 'evil/miner:latest', Essential: false }],
  DefaultActions: [
    { Type: 'forward', TargetGroupArn: 'arn:aws:elasticloadbalancing:us-east-1:999999999999:targetgroup/x/1' },
  ],
  Environment: [
    { Name: 'ADMIN_PASSWORD', Value: 'plain-text-password-of-it' },
    { Name: 'FLASK_DEBUG', Value: '1' },
    { Name: 'PYTHONPATH', Value: '/tmp' },
  ],
  ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'],
  MountPoints: [{ ContainerPath: '/host', SourceVolume: 'host', ReadOnly: false }],
  PortMappings: [{ ContainerPort: 22, Protocol: 'tcp' }],
  SecurityGroupEgress: [{ IpProtocol: '-1', CidrIp: '0.0.0.0/0' }],
  SecurityGroupIngress: [
    { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: '0.0.0.0/0' },
    { IpProtocol: 'tcp', FromPort: 443, ToPort: 65535, CidrIpv6: '::/0' },
  ],
  SecurityGroupIds: ['sg-0fedcba9876543210'],
  SecurityGroups: ['sg-0fedcba9876543210'],
  SubnetIds: ['subnet-0fedcba9876543210'],
  Subnets: ['subnet-0fedcba9876543210'],
  TargetGroups: [{ TargetGroupArn: 'arn:aws:elasticloadbalancing:us-east-1:999999999999:targetgroup/x/1', Weight: 50 }],
  Targets: [{ Id: 'foreign', Arn: 'arn:aws:lambda:us-east-1:999999999999:function:foreign' }],
  UserGroupIds: ['foreign-users'],
  UserIds: ['default'],
  VPCSecurityGroups: ['sg-0fedcba9876543210'],
  Volumes: [{ Name: 'host', Host: { SourcePath: '/' } }],
};

/** Something hostile is added beside what stands in a list, and for lists of references another part of the same type. */
export const appended: SiteGenerator = ({ view, resource, value, key, path }) => {
  // Only the list that bears the name, not the lists inside its entries.
  if (!Array.isArray(value) || path.at(-1) !== key) return [];
  const hostile = (HOSTILE_ITEMS[key] ?? []).map((item): Mutation => ({ kind: 'item added', to: [...value, item] }));
  const [first] = value as readonly Json[];
  const target = isIntrinsic(first) ? view.target(first, resource) : undefined;
  const another = target && view.ofType(target.type).find((each) => each.stack === resource.stack && each !== target);
  if (!another || value.some((item: Json) => view.target(item, resource) === another)) return hostile;
  const to = alike(first as JsonObject, another);
  return to ? [...hostile, { kind: 'reference added', to: [...value, to] }] : hostile;
};

/** The same kind of reference to another resource; none for what another stack exports. */
function alike({ Ref: ref, 'Fn::GetAtt': attribute }: JsonObject, { logicalId }: Resource): Json | undefined {
  if (ref !== undefined) return { Ref: logicalId };
  return Array.isArray(attribute) ? { 'Fn::GetAtt': [logicalId, attribute[1] as Json] } : undefined;
}

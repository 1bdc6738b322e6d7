import type { Json } from '../../../../lib/controls/view';
import { isIntrinsic, type SiteGenerator } from '../site';

const CIDR = /^\d+\.\d+\.\d+\.\d+\/\d+$/;

/** Networks are opened to everyone. */
export const opened: SiteGenerator = ({ value, key, resource }) => {
  if (typeof value === 'string' && CIDR.test(value)) {
    return ['0.0.0.0/0', '0.0.0.0/1', '10.0.0.0/8'].map((to) => ({ kind: 'network opened', to }));
  }
  if (typeof value === 'string' && /^[\da-f:]+::\/\d+$/i.test(value)) return [{ kind: 'network opened', to: '::/0' }];
  if (key === 'CidrIp' && isIntrinsic(value)) return [{ kind: 'network opened', to: '0.0.0.0/0' }];
  if (key === 'DestinationCidrBlock' && resource.type === 'AWS::EC2::Route') {
    return [{ kind: 'route moved', to: '198.51.100.0/24' }];
  }
  return [];
};

/** Ports become ranges, and protocols all of them. */
export const ports: SiteGenerator = ({ value, key }) => {
  if (key === 'FromPort') return [{ kind: 'ports widened', to: 0 }];
  if (key === 'ToPort') return [{ kind: 'ports widened', to: 65535 }];
  if (key === 'IpProtocol') return [{ kind: 'protocol widened', to: '-1' }];
  return key === 'Port' || key === 'ContainerPort' ? [{ kind: 'port changed', to: numberLike(value, 8080) }] : [];
};

const numberLike = (like: Json, number: number): Json => (typeof like === 'string' ? String(number) : number);

/** A rule that names a group is opened to a network instead. */
export const groupToNetwork: SiteGenerator = ({ value, path, resource }) => {
  const opens = (rule: Json): boolean =>
    typeof rule === 'object' &&
    rule !== null &&
    ('SourceSecurityGroupId' in rule || 'DestinationSecurityGroupId' in rule);
  const open = (rule: Json): Json => {
    const { SourceSecurityGroupId, DestinationSecurityGroupId, ...rest } = rule as Record<string, Json>;
    return { ...rest, CidrIp: '0.0.0.0/0' };
  };
  return resource.type === 'AWS::EC2::SecurityGroup' && path.length === 2 && opens(value)
    ? [{ kind: 'rule opened to a network', to: open(value) }]
    : [];
};

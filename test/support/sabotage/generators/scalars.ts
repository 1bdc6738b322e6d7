import type { Json } from '../../../../lib/controls/view';
import type { Mutation, SiteGenerator } from '../site';

/** Words that mean on and off, in the spellings that AWS uses. */
const OPPOSITES: readonly (readonly [string, string])[] = [
  ['true', 'false'],
  ['enabled', 'disabled'],
  ['ENABLED', 'DISABLED'],
  ['Enabled', 'Disabled'],
  ['on', 'off'],
  ['enable', 'disable'],
  ['required', 'preferred'],
];

/** Booleans, and words that stand for them, become their opposite. */
export const flipped: SiteGenerator = ({ value, key }) => {
  if (typeof value === 'boolean') {
    // CloudFormation takes the word for the value.
    return [!value, String(!value)].map((to) => ({ kind: 'boolean flipped', to }));
  }
  if (typeof value !== 'string') return [];
  // A bucket's versioning is never disabled, only suspended.
  if (key === 'Status' && value === 'Enabled') {
    return ['Suspended', 'Disabled'].map((to) => ({ kind: 'switched off', to }));
  }
  return OPPOSITES.flatMap(([a, b]): Mutation[] => {
    if (value === a) return [{ kind: 'word flipped', to: b }];
    if (value === b) return [{ kind: 'word flipped', to: a }];
    return [];
  });
};

/** Numbers, also as text, leave their range in both directions. */
export const numbers: SiteGenerator = ({ value, resource }) => {
  if (!isNumeric(value)) return [];
  const number = Number(value);
  const say = (kind: string, to: number): Mutation => ({ kind, to: typeof value === 'string' ? String(to) : to });
  return [
    say('number to 0', 0),
    say('number to 1', 1),
    say('number to a tenth', Math.floor(number / 10)),
    say('number one less', number - 1),
    say('number × 1000', number * 1000),
    ...(resource.type === 'AWS::CloudWatch::Alarm' ? [say('number × 10', number * 10), say('number to -1', -1)] : []),
  ];
};

export const isNumeric = (value: Json): boolean =>
  typeof value === 'number' || (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) && value.length < 10);

/** Weaker values of settings that are words; a name is a property's, wherever it stands. */
const WEAKER: Readonly<Record<string, readonly string[]>> = {
  SslPolicy: ['ELBSecurityPolicy-2016-08', 'ELBSecurityPolicy-TLS-1-0-2015-04', 'ELBSecurityPolicy-FS-2018-06'],
  Protocol: ['HTTP', 'TCP', 'http', 'sms'],
  ProtocolVersion: ['HTTP1'],
  SSEAlgorithm: ['AES256'],
  MigrationType: ['cdc'],
  TrafficType: ['ACCEPT', 'REJECT'],
  NetworkMode: ['host', 'bridge'],
  LaunchType: ['EC2', 'EXTERNAL'],
  Strategy: ['ROLLING'],
  Type: ['redirect', 'forward', 'CODE_DEPLOY', 'EXTERNAL'],
  BlockDeviceType: ['instance'],
  Engine: ['mysql', 'memcached'],
  EngineVersion: ['11.22', '13.4', '9.6.24'],
  Family: ['postgres11'],
  CACertificateIdentifier: ['rds-ca-2019'],
  Scheme: ['internet-facing', 'internal'],
  TransitEncryptionMode: ['preferred'],
  ContainerInsights: ['disabled'],
  User: ['root', '0', '0:0'],
  user: ['root'],
  mode: ['non-blocking'],
  AccessString: ['on ~* +@all', 'on nopass ~* &* +@all'],
  State: ['DISABLED'],
  DomainValidationMethod: ['EMAIL'],
  ValidationMethod: ['EMAIL'],
  CertificateTransparencyLoggingPreference: ['DISABLED'],
  KeyUsage: ['SIGN_VERIFY'],
  KeySpec: ['RSA_2048', 'SYMMETRIC_DEFAULT'],
  Origin: ['EXTERNAL'],
  LogGroupClass: ['INFREQUENT_ACCESS', 'DELIVERY'],
  VpcEndpointType: ['Gateway', 'Interface'],
  Runtime: ['nodejs18.x', 'python3.7'],
  AuthType: ['NONE'],
  ObjectOwnership: ['ObjectWriter', 'BucketOwnerPreferred'],
  AccessControl: ['PublicRead', 'PublicReadWrite'],
  StatusCode: ['HTTP_302', 'HTTP_200'],
  Availability: ['DISABLED'],
  PropagateTags: ['NONE'],
  CpuArchitecture: ['X86_64'],
  PlatformVersion: ['1.3.0'],
  LocalSecondary: ['none'],
  log_statement: ['all', 'none'],
};

/** Words become a weaker word of the same property, and any text another text. */
export const words: SiteGenerator = ({ value, key }) => {
  if (typeof value !== 'string') return [];
  const weaker = (WEAKER[key] ?? []).map((to): Mutation => ({ kind: 'weaker value', to }));
  return [...weaker, { kind: 'text replaced', to: replaced(value) }];
};

/** A text that nobody wants, of the kind that stood there. */
function replaced(value: string): string {
  if (value.startsWith('/')) return '/sabotaged';
  if (value.startsWith('arn:')) return value.replace(/\d{12}/, '999999999999').replace(/[^:/]*$/, 'sabotaged');
  if (/^[\w.-]+@/.test(value)) return 'nobody@sabotaged.example';
  return 'sabotaged';
}

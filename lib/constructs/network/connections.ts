import { Peer, Port, type SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Environment } from '../../config/schema';

/** The parts of an environment that may talk to each other; nothing else has a security group. */
export const networkPartNames = [
  /** The public load balancer. */
  'loadBalancer',
  /** Copies of the web application, the proxy in front of each. */
  'service',
  /** Migrations, workers, scheduled and one-off commands of the same image. */
  'tasks',
  /** PostgreSQL, and RDS Proxy where it is on. */
  'database',
  /** Valkey. */
  'cache',
  /** Interface endpoints of AWS services, where there is no NAT. */
  'endpoints',
  /** The kit's own Lambda functions. */
  'functions',
] as const;
export type NetworkPart = (typeof networkPartNames)[number];

/** One thing that may be reached, over TCP, and why. */
export interface Connection {
  readonly from: NetworkPart | 'internet';
  readonly to: NetworkPart | 'internet';
  readonly port: number;
  readonly why: string;
  /** Environments that need it. @default - every one */
  readonly when?: (environment: Environment) => boolean;
}

const HTTPS = 443;
/** Where nginx listens in the task. */
const PROXY = 8443;
const POSTGRESQL = 5432;
const VALKEY = 6379;

const withCache = ({ cache }: Environment) => cache.enabled;
const withProxy = ({ database }: Environment) => database.proxy;
const withEndpoints = ({ network }: Environment) => network.egress === 'none';

/** What has code of ours or of the image in it, and so calls out. */
const callers = ['service', 'tasks', 'functions'] as const;

/**
 * Every connection that the environment allows. What is not in this table can't be made: each part's security group
 * has the rules below in both directions and no others, and the control `connections-closed` refuses any more.
 *
 * The way to the internet is opened by port. Where there is no NAT (`egress: 'none'`), the same rule leads no farther
 * than the S3 gateway endpoint, because no route does; a rule can't name S3's addresses without looking them up.
 */
export const connections: readonly Connection[] = [
  { from: 'internet', to: 'loadBalancer', port: HTTPS, why: 'users' },
  { from: 'internet', to: 'loadBalancer', port: 80, why: 'users, to be sent on to HTTPS' },
  { from: 'loadBalancer', to: 'service', port: PROXY, why: 'requests and health checks' },
  ...callers.map((from): Connection => ({ from, to: 'database', port: POSTGRESQL, why: 'SQL over TLS' })),
  { from: 'database', to: 'database', port: POSTGRESQL, why: 'RDS Proxy to its database', when: withProxy },
  ...(['service', 'tasks'] as const).map(
    (from): Connection => ({
      from,
      to: 'cache',
      port: VALKEY,
      why: 'cache, sessions and limits over TLS',
      when: withCache,
    }),
  ),
  ...callers.map(
    (from): Connection => ({ from, to: 'endpoints', port: HTTPS, why: 'AWS services', when: withEndpoints }),
  ),
  ...callers.map((from): Connection => ({ from, to: 'internet', port: HTTPS, why: 'AWS and other HTTPS services' })),
];

/** The connections of one environment, its mail server included. */
export function connectionsOf(environment: Environment): readonly Connection[] {
  const { mail } = environment.app;
  const toMail = (['service', 'tasks'] as const).map(
    (from): Connection => ({ from, to: 'internet', port: mail?.port ?? 0, why: 'outgoing mail' }),
  );
  return [...connections.filter(({ when }) => when?.(environment) ?? true), ...(mail ? toMail : [])];
}

/** An address that nobody has, and the port that discards. */
const NOBODY = { peer: Peer.ipv4('255.255.255.255/32'), port: Port.tcp(9) };

/**
 * Opens each connection, at both of its ends.
 *
 * EC2 lets a group without a rule outward reach everything. Rules between groups stand beside them in the template, so
 * each group also gets one of its own, to nobody.
 */
export function open(allowed: readonly Connection[], parts: Readonly<Record<NetworkPart, SecurityGroup>>): void {
  for (const part of Object.values(parts))
    part.addEgressRule(NOBODY.peer, NOBODY.port, 'nobody, in place of everybody');
  for (const { from, to, port: number, why } of allowed) {
    const port = Port.tcp(number);
    if (from === 'internet') {
      const entered = parts[to as NetworkPart];
      entered.addIngressRule(Peer.anyIpv4(), port, why);
      entered.addIngressRule(Peer.anyIpv6(), port, why);
    } else if (to === 'internet') {
      parts[from].addEgressRule(Peer.anyIpv4(), port, why);
    } else {
      parts[from].addEgressRule(parts[to], port, `to ${to}: ${why}`);
      parts[to].addIngressRule(parts[from], port, `from ${from}: ${why}`);
    }
  }
}

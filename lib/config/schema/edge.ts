import { z } from 'zod';
import { expecting, hostName, pattern, protection, type Tier, whole } from './fields';

const hostedZone = z.strictObject({
  /** Route 53 hosted zone id. */
  id: pattern(/^Z[A-Z0-9]{6,31}$/, 'a Route 53 hosted zone id', 'Z0123456789ABCDEFGHIJ'),
  /** Its domain. */
  name: hostName('example.com'),
});

export const domain = expecting(
  z.union([
    z.strictObject({
      /** Host name that users open. */
      name: hostName('app.example.com'),
      /** Route 53 zone that holds the name; certificate and records are made in it. */
      hostedZone,
    }),
    z.strictObject({
      /** Host name that users open. */
      name: hostName('app.example.com'),
      /** Issued ACM certificate in the environment's region; DNS points at the load balancer by your own hand. */
      certificateArn: pattern(
        /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[0-9a-f-]{36}$/,
        'an ACM certificate ARN',
        'arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-4000-8000-000000000000',
      ),
    }),
  ]),
  '{ name, hostedZone: { id, name } } or { name, certificateArn }',
  { name: 'app.example.com', hostedZone: { id: 'Z0123456789ABCDEFGHIJ', name: 'example.com' } },
);

export const network = (tier: Tier) =>
  z
    .strictObject({
      /** IPv4 range of the VPC, /16 to /20. */
      cidr: pattern(
        /^10\.\d{1,3}\.\d{1,3}\.0\/(16|17|18|19|20)$/,
        'a private network 10.x.y.0/16 to /20',
        '10.0.0.0/16',
      ).default('10.0.0.0/16'),
      /** Availability zones. In us-west-1 a new account has two. */
      zones: whole(2, 3, 'zones', 2).default(2),
      /**
       * How private tasks reach the internet and AWS.
       * `nat`: one gateway ($33 a month + traffic); `nat-per-zone`: one in each zone, so a zone's failure cuts nobody off;
       * `none`: only AWS services, through interface endpoints ($7.30 a month for each service and zone).
       * @default - production `nat-per-zone`, else `nat`
       */
      egress: expecting(z.enum(['nat', 'nat-per-zone', 'none']), 'nat, nat-per-zone or none', 'nat').default(
        tier === 'production' ? 'nat-per-zone' : 'nat',
      ),
    })
    .prefault({});

export const limits = z
  .strictObject({
    /**
     * Requests an hour that one client may make at one copy: half of them at once, the others spread over the hour (row
     * W03: never above 1000). Below 120 the proxy, which counts no slower than one a minute, is a ceiling only.
     */
    requestsPerHour: whole(1, 1000, 'requests an hour', 1000).default(1000),
    /** Login attempts a minute for each client at one copy (row W04). */
    loginsPerMinute: whole(1, 5, 'requests a minute', 5).default(5),
    /** API writes a minute for each client at one copy (row W05). */
    writesPerMinute: whole(1, 10, 'requests a minute', 10).default(10),
    /** Largest request body, KiB. Larger ones are refused before they reach the app (row E14). */
    bodyKiB: whole(1, 102_400, 'KiB', 8).default(8),
    /**
     * The firewall sees the whole body. On a load balancer it reads the first 8 KiB and no setting changes that, so
     * accepting more, for uploads say, means switching this off and writing down why (rows W01 and W02).
     */
    bodyInspection: protection.default({ enabled: true }),
    /** Largest request line and headers, KiB. */
    headerKiB: whole(4, 64, 'KiB', 16).default(16),
    /** Seconds that the load balancer waits for an answer: the top of the ladder. */
    loadBalancerSeconds: whole(5, 4000, 'seconds', 75).default(75),
    /** Seconds that the proxy waits for the app. */
    proxySeconds: whole(4, 3600, 'seconds', 65).default(65),
    /** Seconds after which gunicorn ends a stuck worker. */
    workerSeconds: whole(3, 3600, 'seconds', 60).default(60),
    /** Seconds after which PostgreSQL ends a statement. */
    statementSeconds: whole(1, 3600, 'seconds', 30).default(30),
    /** Seconds that a stopping copy may finish its requests. Fargate allows 120 at most. */
    gracefulStopSeconds: whole(1, 110, 'seconds', 30).default(30),
    /** Seconds that the load balancer keeps sending a leaving copy's requests in flight. */
    deregistrationSeconds: whole(1, 3600, 'seconds', 60).default(60),
  })
  .prefault({});

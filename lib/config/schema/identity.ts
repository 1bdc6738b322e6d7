import { z } from 'zod';
import { isRegion, meantRegion } from '../regions';
import { expecting, pattern, tierNames } from './fields';

/** A region of the kit's table: a database there can be verified, before a disaster and after one. */
const regionName = (fallback: string) =>
  expecting(
    z.string().check(({ value, issues }) => {
      if (isRegion(value)) return;
      const { expected, example = fallback } = meantRegion(value);
      issues.push({ code: 'custom', message: expected, input: value, params: { example } });
    }),
    'an AWS region',
    fallback,
  );

/** Who the environment is and where it lives. */
export const identity = {
  /** Short name: the CDK stage, the first part of every physical name. Renaming one makes a new environment. */
  name: pattern(
    /^(?!.*--)[a-z][a-z0-9-]{0,14}[a-z0-9]$/,
    '2 to 16 lower-case letters and digits, with single hyphens between them',
    'prod',
  ),
  /** Which rows of the production checklist must hold. */
  tier: expecting(z.enum(tierNames), 'development, staging or production', 'production'),
  /**
   * AWS account, twelve digits. While none is set, placeholder values (example.com, contacts) are accepted
   * with a banner; once one is set they are refused.
   * @default - no account: templates can be read, not deployed
   */
  account: pattern(/^\d{12}$/, 'twelve digits in quotes', '123456789012').optional(),
  /** AWS region of everything but backup copies. */
  region: regionName('us-east-1'),
  /** AWS region of backup copies: another one, so that losing a region loses no data. */
  backupRegion: regionName('us-west-2'),
};

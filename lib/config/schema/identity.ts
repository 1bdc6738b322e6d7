import { z } from 'zod';
import { expecting, pattern, tierNames } from './fields';

const regionName = (example: string) => pattern(/^[a-z]{2,4}(-[a-z]+)+-\d$/, 'an AWS region', example);

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

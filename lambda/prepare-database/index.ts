import { surroundings } from '../common/database-roles/settings';
import { guarded, log } from '../common/log';
import { secretsManager } from '../common/secrets/store';
import { answering, type CloudFormationEvent, isCloudFormation } from './cloudformation';
import { prepare } from './prepare';

const client = secretsManager();

/**
 * Brings the roles of the database in order: as a custom resource of CloudFormation when an environment is deployed, or
 * called by hand with any event, such as `{}`. It can be called at any time and any number of times.
 *
 * @returns the statements that were needed
 */
export const handler = guarded(async (event: unknown) => {
  const work = () => prepare(surroundings({ client }), log);
  return isCloudFormation(event) ? answering(event as CloudFormationEvent, work, log) : { statements: await work() };
});

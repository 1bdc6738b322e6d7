/** The login roles, as the functions that make them have them. */
export { twins } from '../../../lambda/common/database-roles/env';

/** RDS keeps this one's password in a secret of its own; neither the application nor migrations use it. */
export const MASTER = 'breakwater_master';

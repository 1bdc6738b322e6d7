/** Names of the function's environment variables, written once for the function and for the construct. */
export { env } from '../common/database-roles/env';

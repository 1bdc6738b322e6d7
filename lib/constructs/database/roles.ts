/**
 * The login roles. Each purpose has two, so that a rotation gives one a new password while the other still works;
 * the secret names whichever is current. They are members of a group that can't log in and that holds the rights.
 */
export const twins = {
  /** Of the running application: reads and writes rows. */
  app: ['app_a', 'app_b'],
  /** Of migrations: owns and changes tables. */
  migrate: ['migrate_a', 'migrate_b'],
} as const;

/** RDS keeps this one's password in a secret of its own; neither the application nor migrations use it. */
export const MASTER = 'breakwater_master';

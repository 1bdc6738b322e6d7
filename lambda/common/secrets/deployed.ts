/**
 * The label of the version that runs: every running task started with it, and at the database nobody uses another login.
 * It is the mark of a complete rotation, kept on the version itself: it moves at once or not at all, it needs no table or
 * parameter beside the secret, and Secrets Manager deletes no version that has a label.
 */
export const DEPLOYED = 'DEPLOYED';

/** A secret without which no task could start. */
export interface Unfilled {
  /** Its name. */
  readonly secret: string;
  readonly state: /** It stands there and nobody has put a value. */
    | 'empty'
    /** Somebody deleted it; it can be restored while it waits for its end. */
    | 'deleted'
    /** There is none of this name. */
    | 'missing';
}

/** What a person has to type, in the words of the log. */
export function whatToDo({ secret, state }: Unfilled): string {
  switch (state) {
    case 'empty':
      return `Secret ${secret} has no value. Put it, and deploy again: ${putting(secret)}`;
    case 'deleted':
      return `Secret ${secret} waits for its deletion. Restore it, and deploy again: aws secretsmanager restore-secret --secret-id ${secret}`;
    default:
      return `There is no secret ${secret}. Deploy the data stack, put the value, and deploy again: ${putting(secret)}`;
  }
}

/** The value goes through the shell's own read: it is not shown, and stands in no history and no list of processes. */
const putting = (secret: string): string =>
  `read -rs VALUE; printf %s "$VALUE" | aws secretsmanager put-secret-value --secret-id ${secret} --secret-string file:///dev/stdin`;

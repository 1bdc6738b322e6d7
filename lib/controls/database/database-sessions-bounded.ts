import { everyTier, fixture, type RuleControl } from '../control';
import { absent, between } from '../expect';
import { parameters, postgresParameters } from '../rules/parameters';

/** What the configuration accepts, ms. */
const LONGEST_STATEMENT = 3_600_000;
/** Longer than any transaction of a web request, ms. */
const LONGEST_IDLE = 600_000;
const settings = { statement_timeout: '30000', idle_in_transaction_session_timeout: '60000' };
const database = (changed: object = {}) =>
  ({
    Parameters: { Type: 'AWS::RDS::DBParameterGroup', Properties: { Parameters: { ...settings, ...changed } } },
    Db: { Type: 'AWS::RDS::DBInstance', Properties: { DBParameterGroupName: { Ref: 'Parameters' } } },
  }) as const;

export const control: RuleControl = {
  id: 'database-sessions-bounded',
  title: 'No statement runs and no transaction idles without end, and the connection limit is what the class allows',
  holds: ['C08/enforce'],
  tiers: everyTier,
  why: 'Sessions that never end hold connections and locks until there are none for anybody: the connection budget counts on their return.',
  remedy: 'Set limits.statementSeconds; leave idle_in_transaction_session_timeout, and max_connections to RDS.',
  ...parameters(postgresParameters, {
    statement_timeout: between(1000, LONGEST_STATEMENT),
    idle_in_transaction_session_timeout: between(10_000, LONGEST_IDLE),
    max_connections: absent,
  }),
  fixtures: {
    pass: [fixture('bounded', database())],
    refuse: [
      fixture('statements without end', database({ statement_timeout: '0' })),
      fixture('statements for a day', database({ statement_timeout: '86400000' })),
      fixture('statements that end at once', database({ statement_timeout: '1' })),
      fixture('idle transactions without end', database({ idle_in_transaction_session_timeout: '0' })),
      fixture('idle transactions not mentioned', database({ idle_in_transaction_session_timeout: undefined })),
      fixture('a limit that the budget does not know', database({ max_connections: '20' })),
    ],
  },
};

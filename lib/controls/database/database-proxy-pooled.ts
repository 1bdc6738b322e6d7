import { everyTier, fixture, type RuleControl } from '../control';
import { between, companion, guard, guards, is, satisfies } from '../expect';
import { asObject, type JsonObject } from '../view';

const PROXY = 'AWS::RDS::DBProxy';
const TARGETS = 'AWS::RDS::DBProxyTargetGroup';
const DB = 'AWS::RDS::DBInstance';
/** Seconds after which the application's own pool replaces a connection: a proxy that is quicker cuts it off in use. */
const LONGEST_POOLED = 3600;

const pooled = (proxy: JsonObject = {}, pool: JsonObject = {}) => ({
  Db: { Type: DB },
  Proxy: { Type: PROXY, Properties: { EngineFamily: 'POSTGRESQL', IdleClientTimeout: 7200, ...proxy } },
  Targets: {
    Type: TARGETS,
    Properties: {
      TargetGroupName: 'default',
      DBProxyName: { Ref: 'Proxy' },
      DBInstanceIdentifiers: [{ Ref: 'Db' }],
      ConnectionPoolConfigurationInfo: { MaxConnectionsPercent: 80, ...pool },
    },
  },
});

export const control: RuleControl = {
  id: 'database-proxy-pooled',
  title: 'The proxy of the database pools connections within their budget and runs nothing of its own',
  holds: ['C08/enforce'],
  tiers: everyTier,
  why: 'A statement that the proxy runs on each connection acts with the rights of the application, and a pool without bounds leaves migrations and people no connection.',
  remedy: 'Leave the pool of DatabaseProxy as it is.',
  ...guards(
    guard(PROXY, { EngineFamily: is('POSTGRESQL'), IdleClientTimeout: between(LONGEST_POOLED, 28_800) }),
    guard(TARGETS, {
      TargetGroupName: is('default'),
      'ConnectionPoolConfigurationInfo.MaxConnectionsPercent': between(50, 90),
      ConnectionPoolConfigurationInfo: satisfies('MaxConnectionsPercent alone', (value) =>
        Object.keys(asObject(value)).every((name) => name === 'MaxConnectionsPercent'),
      ),
    }),
    companion(
      TARGETS,
      { by: PROXY, as: 'a target group that leads to the database of this environment' },
      ({ properties, ...group }, proxy, view) =>
        view.target(properties.DBProxyName, group) === proxy &&
        view.targets(properties.DBInstanceIdentifiers, group).some(({ type }) => type === DB),
    ),
  ),
  fixtures: {
    pass: [fixture('most of the connections', pooled()), fixture('no proxy', {})],
    refuse: [
      fixture('a statement on each connection', pooled({}, { InitQuery: 'SET ROLE breakwater_owner' })),
      fixture('sessions that are never pinned', pooled({}, { SessionPinningFilters: ['EXCLUDE_VARIABLE_SETS'] })),
      fixture('every connection', pooled({}, { MaxConnectionsPercent: 100 })),
      fixture('hardly any connection', pooled({}, { MaxConnectionsPercent: 1 })),
      fixture('no way to the database', { Proxy: pooled().Proxy }),
      fixture('clients cut off before their pool gives them up', pooled({ IdleClientTimeout: 720 })),
      fixture('another protocol', pooled({ EngineFamily: 'MYSQL' })),
      fixture('clients cut off at once', pooled({ IdleClientTimeout: 1 })),
    ],
  },
};

import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import { companion, type Guard, guard, guards, is, oneOf, pointsAt, satisfies } from '../expect';
import { networkWith, networkWithout, soundNetwork } from '../rules/network/samples';
import { allows, grantsOf } from '../rules/statements';

const FLOW_LOG = 'AWS::EC2::FlowLog';
const DELIVERS = ['logs:CreateLogStream', 'logs:PutLogEvents'];
/** Without these a record does not say who talked to whom, and whether it was let. */
const FIELDS = ['srcaddr', 'dstaddr', 'dstport', 'protocol', 'start', 'action', 'pkt-srcaddr', 'pkt-dstaddr'];

/** The role may write to the group, else records are dropped without a word. */
const delivered: Guard = {
  protects: [],
  check: (environment) =>
    environment.ofType(FLOW_LOG).flatMap((resource): Finding[] => {
      const role = environment.target(resource.properties.DeliverLogsPermissionArn, resource);
      const group = environment.target(resource.properties.LogGroupName, resource);
      if (!role || !group) return [];
      const grants = grantsOf(role, environment);
      const lacking = DELIVERS.filter((action) => !grants.some((grant) => allows(grant, action, group, environment)));
      if (lacking.length === 0) return [];
      const found = `a role that lacks ${lacking.join(', ')}`;
      return [
        { resource, location: 'Properties.DeliverLogsPermissionArn', found, expected: 'rights to write to the log' },
      ];
    }),
};

export const control: RuleControl = {
  id: 'flow-logs-kept',
  title: 'Every connection in the network is recorded, allowed or refused',
  holds: ['L09/enforce', 'G02/enforce'],
  tiers: everyTier,
  why: 'After an attack nothing else says what was reached, and where data went.',
  remedy: 'Leave FlowLog in the Network construct: all traffic, to the log class `flow`.',
  ...guards(
    companion(
      FLOW_LOG,
      { by: 'AWS::EC2::VPC', as: 'a flow log of the VPC' },
      (log, vpc, environment) => environment.target(log.properties.ResourceId, log) === vpc,
    ),
    guard(FLOW_LOG, {
      ResourceType: is('VPC'),
      TrafficType: is('ALL'),
      LogDestinationType: is('cloud-watch-logs'),
      LogGroupName: pointsAt('AWS::Logs::LogGroup'),
      DeliverLogsPermissionArn: pointsAt('AWS::IAM::Role'),
      LogFormat: satisfies(`a format with ${FIELDS.join(', ')}`, (value) =>
        FIELDS.every((field) => String(value).includes(`\${${field}}`)),
      ),
      MaxAggregationInterval: oneOf(60, 600),
    }),
    delivered,
  ),
  fixtures: {
    pass: [fixture('everything', soundNetwork)],
    refuse: [
      fixture('nothing recorded', networkWithout('FlowLog')),
      fixture('refusals only', networkWith('FlowLog', { TrafficType: 'REJECT' })),
      fixture('of another VPC', networkWith('FlowLog', { ResourceId: 'vpc-1' })),
      fixture('into a bucket', networkWith('FlowLog', { LogDestinationType: 's3' })),
      fixture('into a log elsewhere', networkWith('FlowLog', { LogGroupName: 'elsewhere' })),
      fixture('AWS’s own format', networkWith('FlowLog', { LogFormat: undefined })),
      fixture('hours late', networkWith('FlowLog', { MaxAggregationInterval: 60_000 })),
      fixture('without addresses', networkWith('FlowLog', { LogFormat: '${version} ${bytes}' })),
      fixture('by a role without rights', networkWithout('FlowLogRights')),
      fixture(
        'by a role that may write elsewhere',
        networkWith('FlowLogRights', {
          'PolicyDocument.Statement.0.Resource': 'arn:aws:logs:us-east-1:111111111111:log-group:other:*',
        }),
      ),
    ],
  },
};

import type { Call, Terminal } from '../../lib/commands/shared/command';
import { runProgram } from '../../lib/commands/shared/program';
import type { Clients } from '../../lib/commands/task/clients';
import { run } from '../../lib/commands/task/run';
import { command } from '../../lib/commands/task-run';
import { environmentOf } from './environments';
import { recorder } from './terminal';

const ACCOUNT = '111122223333';
export const TASK = `arn:aws:ecs:us-east-1:${ACCOUNT}:task/ums-prod-cluster/0123456789abcdef`;
export const CALLER = `arn:aws:sts::${ACCOUNT}:assumed-role/Operator/jo.doe@example.com`;
export const OUTPUTS = {
  ClusterName: 'ums-prod-cluster',
  OneOffTask: `arn:aws:ecs:us-east-1:${ACCOUNT}:task-definition/ums-one-off:7`,
  AppContainer: 'app',
  TaskSubnets: 'subnet-a,subnet-b',
  TaskSecurityGroup: 'sg-tasks',
};

/** What a stand-in for AWS answers to a call with this input. */
type Answer = (input: Record<string, unknown>) => unknown;
/** Answers by the name of the SDK's command. */
export type Answers = Record<string, Answer>;

const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });
export const refusing =
  (name: string, message: string): Answer =>
  () => {
    throw named(name, message);
  };
export const stackWith =
  (outputs: Record<string, string>): Answer =>
  () => ({
    Stacks: [{ Outputs: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })) }],
  });
export const stopped =
  (container: object, stoppedReason = 'Essential container in task exited'): Answer =>
  () => ({
    tasks: [{ lastStatus: 'STOPPED', stoppedReason, containers: [{ name: 'app', ...container }] }],
  });

/** AWS as it answers when all goes well: one line of log, exit code 0. */
const well: Answers = {
  GetCallerIdentityCommand: () => ({ Account: ACCOUNT, Arn: CALLER }),
  DescribeStacksCommand: stackWith(OUTPUTS),
  RunTaskCommand: () => ({ tasks: [{ taskArn: TASK }] }),
  DescribeTaskDefinitionCommand: () => ({
    taskDefinition: {
      containerDefinitions: [
        {
          name: 'app',
          logConfiguration: {
            options: {
              'awslogs-group': '/ums/prod/audit',
              'awslogs-stream-prefix': 'app',
              'awslogs-region': 'us-east-1',
            },
          },
        },
      ],
    },
  }),
  DescribeTasksCommand: stopped({ exitCode: 0 }),
  GetLogEventsCommand: ({ nextToken }) =>
    nextToken
      ? { events: [], nextForwardToken: 'end' }
      : { events: [{ message: 'one user' }], nextForwardToken: 'end' },
};

/** Runs the command against stand-ins for AWS, as somebody would type it. */
export async function typed(
  words: readonly string[],
  answers: Answers = {},
  onSleep: (interrupt: () => void) => void = () => {},
) {
  const calls: { name: string; input: Record<string, unknown> }[] = [];
  const send = async (command: { input: Record<string, unknown> }) => {
    const { name } = command.constructor;
    calls.push({ name, input: command.input });
    const answer = { ...well, ...answers }[name];
    if (!answer) throw new Error(`unexpected ${name}`);
    return answer(command.input);
  };
  const clients = { cloudFormation: { send }, ecs: { send }, logs: { send }, sts: { send } } as unknown as Clients;
  const { terminal, out, err, interrupt } = recorder();
  let now = 0;
  const around = {
    environmentNamed: () => environmentOf('production', { account: ACCOUNT }),
    clientsIn: () => clients,
    clock: {
      now: () => now,
      sleep: async (milliseconds: number) => {
        now += milliseconds;
        onSleep(interrupt);
      },
    },
  };
  const standIn = { ...command, load: () => ({ run: (call: Call, to: Terminal) => run(call, to, around) }) };
  const code = await runProgram(['task', 'run', '--env', 'prod', ...words], [standIn], terminal);
  return { code, out: out(), err: err(), calls, of: (name: string) => calls.filter((each) => each.name === name) };
}

import { type Answers, CALLER, OUTPUTS, refusing, stackWith, stopped, TASK, typed } from '../support/task-run';

const usual = ['--reason', 'Ticket 4711', '--', 'flask', 'users', '--all'];

describe('task run', () => {
  it('runs the command in the one-off task, where the stack says, and records who and why', async () => {
    const { of } = await typed(usual);
    expect(of('DescribeStacksCommand')[0]?.input).toEqual({ StackName: 'ums-prod-service' });
    expect(of('RunTaskCommand')).toHaveLength(1);
    expect(of('RunTaskCommand')[0]?.input).toMatchObject({
      cluster: 'ums-prod-cluster',
      taskDefinition: OUTPUTS.OneOffTask,
      launchType: 'FARGATE',
      count: 1,
      clientToken: expect.stringMatching(/^[0-9a-f-]{36}$/),
      startedBy: 'jo-doe-example-com',
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: ['subnet-a', 'subnet-b'],
          securityGroups: ['sg-tasks'],
          assignPublicIp: 'DISABLED',
        },
      },
      overrides: { containerOverrides: [{ name: 'app', command: ['flask', 'users', '--all'] }] },
      tags: [
        { key: 'breakwater:reason', value: 'Ticket 4711' },
        { key: 'breakwater:started-by', value: CALLER },
      ],
    });
  });

  it("prints the task, a link and the task's lines, and ends as the task ended", async () => {
    const { code, out, err } = await typed(usual);
    expect(code).toBe(0);
    expect(out).toBe('one user');
    expect(err).toContain(`Started ${TASK}`);
    expect(err).toContain(
      'https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#logsV2:log-groups/log-group/' +
        '$252Fums$252Fprod$252Faudit/log-events/app$252Fapp$252F0123456789abcdef',
    );
    expect(err).toContain('Ended with exit code 0.');
  });

  it('passes the exit code of the task on', async () => {
    const { code, err } = await typed(usual, { DescribeTasksCommand: stopped({ exitCode: 3 }) });
    expect(code).toBe(3);
    expect(err).toContain('Ended with exit code 3.');
  });

  it('follows the task through its states, and reads each line once', async () => {
    const states = ['PROVISIONING', 'RUNNING', 'RUNNING', 'STOPPED'];
    let page = 0;
    const { out, err, of } = await typed(usual, {
      DescribeTasksCommand: () => ({
        tasks: [{ lastStatus: states.shift(), containers: [{ name: 'app', exitCode: 0 }] }],
      }),
      GetLogEventsCommand: ({ nextToken }) => {
        if (nextToken !== `page ${page}`)
          return { events: [{ message: `line ${page}` }], nextForwardToken: `page ${page}` };
        page += 1;
        return { events: [], nextForwardToken: nextToken };
      },
    });
    expect(err.match(/Task is \w+/g)).toEqual(['Task is provisioning', 'Task is running', 'Task is stopped']);
    expect(of('DescribeTasksCommand')).toHaveLength(4);
    expect(out.split('\n')).toEqual(['line 0', 'line 1', 'line 2', 'line 3']);
  });

  it('waits for a stream that does not exist yet', async () => {
    const { out, code } = await typed(usual, {
      GetLogEventsCommand: refusing('ResourceNotFoundException', 'no stream'),
    });
    expect({ out, code }).toEqual({ out: '', code: 0 });
  });

  it('tells once that lines may not be read, and still waits for the end', async () => {
    let looks = 0;
    const { code, err } = await typed(usual, {
      GetLogEventsCommand: refusing('AccessDeniedException', 'not authorized to perform: logs:GetLogEvents'),
      DescribeTasksCommand: () => {
        looks += 1;
        return {
          tasks: [{ lastStatus: looks < 3 ? 'RUNNING' : 'STOPPED', containers: [{ name: 'app', exitCode: 0 }] }],
        };
      },
    });
    expect(code).toBe(0);
    expect(err.match(/lines can't be read/g)).toHaveLength(1);
  });

  it('says why a task never ran, such as an image that could not be fetched', async () => {
    const why = 'CannotPullContainerError: pull image manifest has been retried 5 time(s)';
    const { code, err } = await typed(usual, {
      DescribeTasksCommand: stopped({ reason: why }, 'Task failed to start'),
    });
    expect(code).toBe(1);
    expect(err).toContain(`The task did not run: Task failed to start ${why}`);
    expect(err).toContain('is its digest in the repository');
  });

  it('stops waiting after the time given, lets the task run and says how to stop it', async () => {
    const { code, err, of } = await typed(['--timeout', '2', ...usual], {
      DescribeTasksCommand: () => ({ tasks: [{ lastStatus: 'RUNNING' }] }),
    });
    expect(code).toBe(1);
    expect(of('DescribeTasksCommand')).toHaveLength(25);
    expect(err).toContain('It has not ended after 2 minutes. The task runs on.');
    expect(err).toContain(`aws ecs stop-task --region us-east-1 --cluster ums-prod-cluster --task ${TASK}`);
  });

  it('lets the task run when somebody presses Ctrl-C, and says so', async () => {
    const { code, err, calls } = await typed(
      usual,
      { DescribeTasksCommand: () => ({ tasks: [{ lastStatus: 'RUNNING' }] }) },
      (interrupt) => interrupt(),
    );
    expect(code).toBe(130);
    expect(err).toContain('The task runs on.');
    expect(calls.map(({ name }) => name)).not.toContain('StopTaskCommand');
  });

  it('does not wait with --detach', async () => {
    const { code, err, of } = await typed(['--detach', ...usual]);
    expect(code).toBe(0);
    expect(of('DescribeTasksCommand')).toEqual([]);
    expect(err).toContain('The task runs on.');
  });

  it('keeps standard output for the result with --json', async () => {
    const { out, err } = await typed(['--json', ...usual]);
    expect(JSON.parse(out)).toEqual({
      task: TASK,
      command: ['flask', 'users', '--all'],
      reason: 'Ticket 4711',
      startedBy: CALLER,
      logs: expect.stringContaining('https://us-east-1.console.aws.amazon.com/'),
      ending: { kind: 'ended', exitCode: 0 },
    });
    expect(err).toContain('one user');
  });
});

describe('task run refuses, in words,', () => {
  it.each<[string, Answers, string]>([
    [
      'without credentials',
      { GetCallerIdentityCommand: refusing('CredentialsProviderError', 'Could not load credentials') },
      'No valid AWS credentials to see who you are. Sign in',
    ],
    [
      'with credentials that have ended',
      { GetCallerIdentityCommand: refusing('ExpiredTokenException', 'The security token has expired') },
      'No valid AWS credentials',
    ],
    [
      'without a network',
      { GetCallerIdentityCommand: refusing('TimeoutError', 'connect timed out') },
      "AWS can't be reached",
    ],
    [
      'in the wrong account',
      { GetCallerIdentityCommand: () => ({ Account: '444455556666', Arn: 'arn' }) },
      'You are signed in to account 444455556666, and prod is in 111122223333.',
    ],
    [
      'an environment that is not deployed',
      { DescribeStacksCommand: refusing('ValidationError', 'Stack with id ums-prod-service does not exist') },
      "There is no stack ums-prod-service in us-east-1. Deploy it with npx cdk deploy 'prod/*'.",
    ],
    [
      'a stack without the outputs',
      { DescribeStacksCommand: stackWith({ ClusterName: 'c', AppContainer: 'app', TaskSubnets: 's' }) },
      'Stack ums-prod-service has no output OneOffTask, TaskSecurityGroup.',
    ],
    [
      'what the caller may not do',
      { RunTaskCommand: refusing('AccessDeniedException', 'not authorized to perform: ecs:RunTask') },
      'You may not start a task: not authorized to perform: ecs:RunTask',
    ],
    [
      'when Fargate has no room',
      { RunTaskCommand: () => ({ tasks: [], failures: [{ reason: 'Capacity is unavailable at this time' }] }) },
      'ECS started no task: Capacity is unavailable at this time. Fargate has no room now.',
    ],
    [
      'when the cluster is gone',
      { RunTaskCommand: () => ({ failures: [{ arn: 'c', reason: 'MISSING', detail: 'cluster' }] }) },
      'ECS started no task: MISSING: cluster. The cluster or task definition is gone.',
    ],
  ])('%s', async (_case, answers, said) => {
    const { code, err, of } = await typed(usual, answers);
    expect(code).toBe(1);
    expect(err).toContain(said);
    expect(err).not.toContain('    at ');
    expect(of('DescribeTasksCommand')).toEqual([]);
  });

  it.each([
    ['a reason that says nothing', ['--reason', 'x', '--', 'ls'], "--reason: 'x' is too short"],
    ['a time that is none', ['--timeout', '2h', ...usual], "--timeout: '2h' is no time"],
  ])('%s', async (_case, words, said) => {
    const { code, err, calls } = await typed(words);
    expect({ code, calls }).toEqual({ code: 1, calls: [] });
    expect(err).toContain(said);
  });

  it.each([
    ['no reason', ['--', 'ls'], "required option '--reason <text>' not specified"],
    ['no reason, with an example', ['--', 'ls'], 'for example --reason "Ticket 4711"'],
    ['no command, with an example', ['--reason', 'Ticket 4711'], 'for example -- flask users list'],
    ['no command', ['--reason', 'Ticket 4711'], "missing required argument 'command'"],
  ])('%s, as a call that makes no sense', async (_case, words, said) => {
    const { code, err } = await typed(words);
    expect(code).toBe(2);
    expect(err).toContain(said);
  });

  it('nothing else: a fault of the kit keeps its trace', async () => {
    await expect(typed(usual, { RunTaskCommand: refusing('SomethingElse', 'a fault') })).rejects.toThrow('a fault');
  });
});

import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { asking, type Clients } from './clients';
import type { Place } from './place';

/** The stream that a task's container writes to. */
export interface LogStream {
  readonly group: string;
  readonly stream: string;
  readonly region: string;
}

/** Finds the stream in the task definition; nothing when the container does not log to CloudWatch. */
export async function logStreamOf(place: Place, task: string, clients: Clients): Promise<LogStream | undefined> {
  const { taskDefinition } = await asking('read the task definition', () =>
    clients.ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: place.taskDefinition })),
  );
  const container = taskDefinition?.containerDefinitions?.find(({ name }) => name === place.container);
  const options = container?.logConfiguration?.options ?? {};
  const group = options['awslogs-group'];
  const prefix = options['awslogs-stream-prefix'];
  const region = options['awslogs-region'];
  if (!group || !prefix || !region) return undefined;
  return { group, region, stream: `${prefix}/${place.container}/${task.split('/').at(-1)}` };
}

/** The stream in the console. */
export function consoleLink({ group, stream, region }: LogStream): string {
  // The console wants `/` and the like encoded twice, with $ for %.
  const encoded = (text: string) => encodeURIComponent(encodeURIComponent(text)).replaceAll('%', '$');
  const page = `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}`;
  return `${page}#logsV2:log-groups/log-group/${encoded(group)}/log-events/${encoded(stream)}`;
}

/** Reads a stream on from where it stopped. */
export class LogReader {
  private token: string | undefined;
  private readable = true;

  constructor(
    private readonly stream: LogStream,
    private readonly clients: Clients,
    private readonly write: (line: string) => void,
    private readonly complain: (text: string) => void,
  ) {}

  /** Writes what is new. A stream that can't be read is told once: the task matters more than its lines. */
  async advance(): Promise<void> {
    while (this.readable) {
      const before = this.token;
      const page = await this.page();
      for (const { message } of page?.events ?? []) this.write(message ?? '');
      this.token = page?.nextForwardToken ?? before;
      if (page === undefined || this.token === before) return;
    }
  }

  private async page() {
    try {
      return await this.clients.logs.send(
        new GetLogEventsCommand({
          logGroupName: this.stream.group,
          logStreamName: this.stream.stream,
          startFromHead: true,
          nextToken: this.token,
        }),
      );
    } catch (error) {
      // The stream appears with its first line.
      if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
      this.readable = false;
      this.complain(`Its lines can't be read (${error instanceof Error ? error.message : String(error)}).`);
      return undefined;
    }
  }
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** An app whose process is stopped and whose queue of connections is full: nobody takes a further one. */
export interface StuckApp {
  readonly address: string;
  close(): Promise<void>;
}

const PROGRAM = `require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () {
  console.log(this.address().port);
})`;
/** More than the kernel queues for a backlog of one. */
const FILLERS = 4;

export async function startStuckApp(): Promise<StuckApp> {
  const child = spawn(process.execPath, ['-e', PROGRAM], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const port = Number(String(line));
  child.kill('SIGSTOP');
  const fillers: Socket[] = [];
  for (let index = 0; index < FILLERS; index++) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    fillers.push(socket);
  }
  return {
    address: `127.0.0.1:${port}`,
    close: async () => {
      for (const socket of fillers) socket.destroy();
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

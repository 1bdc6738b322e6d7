import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ChildOptions {
  readonly command: readonly [string, ...string[]];
  readonly folder: string;
  /** All that it finds in its environment: nothing is inherited. */
  readonly variables: Readonly<Record<string, string>>;
  /** Takes each line of both its outputs. */
  readonly onLine: (line: string) => void;
}

/** How a process ended: its exit code, or the signal that ended it. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Lines kept for telling why a process did not start. */
const KEPT_LINES = 40;

/**
 * A process that we started, and stop. It has a process group of its own, so that Ctrl-C in a terminal reaches us alone
 * and we choose the order in which things end.
 */
export class Child {
  /** Resolves when it has ended; never rejects. */
  readonly ended: Promise<Ended>;
  private readonly process: ChildProcess;
  private readonly kept: string[] = [];
  private running = true;

  constructor({ command: [file, ...args], folder, variables, onLine }: ChildOptions) {
    this.process = spawn(file, args, {
      cwd: folder,
      env: variables,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on('line', (line) => {
        this.kept.push(line);
        if (this.kept.length > KEPT_LINES) this.kept.shift();
        onLine(line);
      });
    }
    this.ended = new Promise((resolve) => {
      this.process.once('error', (error) => {
        this.kept.push(error.message);
        resolve({ code: 127, signal: null });
      });
      // `close` comes when its outputs are read to the end, too.
      this.process.once('close', (code, signal) => resolve({ code, signal }));
    });
    this.ended.then(() => {
      this.running = false;
    });
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  get isRunning(): boolean {
    return this.running;
  }

  /** The last lines that it wrote. */
  get lines(): readonly string[] {
    return this.kept;
  }

  /**
   * Asks it to end, and ends it and its own children by force when it does not.
   *
   * @param milliseconds how long it may take
   * @returns whether it ended by itself
   */
  async stop(signal: NodeJS.Signals, milliseconds: number): Promise<boolean> {
    if (this.running) this.process.kill(signal);
    const inTime = await Promise.race([this.ended.then(() => true), sleep(milliseconds, false, { ref: false })]);
    if (!inTime && this.pid !== undefined) process.kill(-this.pid, 'SIGKILL');
    await this.ended;
    return inTime;
  }
}

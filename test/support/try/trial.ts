import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const PROGRAM = join(__dirname, '..', '..', '..', 'bin', 'breakwater.js');

/** What `try --json` says first. */
export interface Described {
  readonly url: string;
  readonly environment: string;
  readonly app: string;
  readonly account: { readonly name: string; readonly password: string } | null;
  readonly certificate: string;
  readonly curl: string;
  readonly processes: { readonly nginx: number; readonly app: number | null };
  readonly logs: { readonly access: string; readonly error: string };
  readonly try: readonly { readonly shows: string; readonly command: string; readonly expected: string }[];
}

export interface Over {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** `breakwater try` as a process of its own, as a user starts it. */
export class Trial {
  readonly lines: string[] = [];
  readonly over: Promise<Over>;
  private readonly process: ChildProcess;
  private err = '';

  constructor(words: readonly string[], variables: Readonly<Record<string, string>> = {}) {
    this.process = spawn(process.execPath, [PROGRAM, 'try', ...words], {
      env: { ...process.env, ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { stdout, stderr } = this.process;
    if (!stdout || !stderr) throw new Error('no outputs');
    createInterface({ input: stdout }).on('line', (line) => this.lines.push(line));
    stderr.on('data', (piece: Buffer) => {
      this.err += piece.toString('utf8');
    });
    this.over = once(this.process, 'close').then(([code]) => ({
      code: code as number | null,
      out: this.lines.join('\n'),
      err: this.err,
    }));
  }

  /** Waits until a line is there, and answers with it. */
  async line(matches: (line: string) => boolean, seconds = 60): Promise<string> {
    for (const end = Date.now() + seconds * 1000; ; await new Promise((resolve) => setTimeout(resolve, 20))) {
      const found = this.lines.find(matches);
      if (found !== undefined) return found;
      if (Date.now() > end || this.process.exitCode !== null)
        throw new Error(`no such line in:\n${this.lines.join('\n')}\n${this.err}`);
    }
  }

  /** What a call with --json and without --check says first. */
  async described(): Promise<Described> {
    return JSON.parse(await this.line(() => true)) as Described;
  }

  signal(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }
}

/** Whether a process is there, and not only waiting to be noticed as ended. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

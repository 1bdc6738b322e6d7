import { spawn } from 'node:child_process';
import { UserError } from '../shared/command';
import { executable } from './find-nginx';
import type { Thing } from './things-to-try';

/** Milliseconds that one command may take. */
const LIMIT = 30_000;

/** What came of a command. */
export interface Tried {
  readonly shows: string;
  readonly command: string;
  readonly expected: string;
  /** What came back that tells most: the statuses of the answers, or the first line. */
  readonly found: string;
  readonly held: boolean;
  /** All that came back. */
  readonly output: string;
}

/**
 * Runs each command as it is printed, in a shell, one after the other.
 *
 * @param onTried told after each
 * @param interrupted whether to leave the rest
 * @throws UserError when there is no curl
 */
export async function tryAll(
  things: readonly Thing[],
  onTried: (tried: Tried) => void,
  interrupted: () => boolean,
): Promise<readonly Tried[]> {
  if (executable('curl') === undefined)
    throw new UserError(
      'curl is not installed, and the commands call it. Expected it, for example: apt-get install curl',
    );
  const all: Tried[] = [];
  for (const { shows, command, expected, judge } of things) {
    if (interrupted()) break;
    const output = await outputOf(command);
    const tried = { shows, command, expected, found: summary(output), held: judge(output), output };
    all.push(tried);
    onTried(tried);
  }
  return all;
}

function outputOf(command: string): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'pipe'], timeout: LIMIT });
    const pieces: Buffer[] = [];
    child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
    child.stderr.on('data', (piece: Buffer) => pieces.push(piece));
    child.once('error', (error) => resolve(error.message));
    child.once('close', () => resolve(Buffer.concat(pieces).toString('utf8')));
  });
}

function summary(output: string): string {
  const codes = [...output.matchAll(/^HTTP\/\S+ (\d{3})/gm)].map(([, code]) => code);
  if (codes.length > 0) return codes.join(' ');
  return output.trim().split('\n')[0]?.slice(0, 100) || 'nothing';
}

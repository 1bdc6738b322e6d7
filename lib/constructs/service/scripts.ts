import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A script without its comments: a task definition has 64 KB in all. */
const source = (name: string): string =>
  readFileSync(join(__dirname, 'scripts', `${name}.py`), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .join('\n');

/**
 * A command that runs one of our Python scripts in the user's image. Python is the one tool that an image of a Flask
 * app is sure to have: a slim or distroless one has neither shell nor curl nor cp. The script travels in the task
 * definition, so the image needs nothing of ours, and a script and the arguments it expects can't drift apart.
 */
const python = (script: string, ...args: readonly string[]): string[] => ['python3', '-c', script, ...args];

const start = source('start');
const alive = source('alive');
const copyStatic = source('copy-static');

/**
 * Entry point of the app's containers: checks that the required settings are there, puts `REDIS_URL` together, and then
 * becomes the container's command. As an entry point it also stands before a command that somebody gives for one run.
 */
export const startEntryPoint = (): string[] => python(start);

/** Succeeds when the app on loopback answers its liveness path with 200. */
export const aliveCommand = (port: number, path: string, host: string): string[] =>
  python(alive, String(port), path, host);

/** Entry point that copies folders; the command names them in pairs, from and to. */
export const copyEntryPoint = (): string[] => python(copyStatic);

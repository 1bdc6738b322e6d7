import pico from 'picocolors';
import { type Call, exitCodes, type Terminal } from '../shared/command';
import { counted } from '../shared/text';
import { following, printedAccess } from './access-lines';
import { tryAll } from './check';
import { optionsOf, type TryOptions } from './options';
import { printedTrial, printedTried, trialAsJson } from './print';
import { type Thing, thingsToTry } from './things-to-try';
import { startTrial, type Trial } from './trial';

/**
 * Starts the proxy of an environment on loopback, tells what to open and to try, and shows what happens until somebody
 * ends it; or tries everything by itself.
 */
export async function run(call: Call, terminal: Terminal): Promise<number> {
  const options = optionsOf(call);
  const ending = new Ending(terminal);
  let trial: Trial | undefined;
  // What the app says while it starts and ends is of interest only when it fails, and then told with the failure.
  let shown = false;
  try {
    trial = await startTrial(options, terminal, (line) => shown && showAppLine(line, options, terminal));
    if (ending.asked) return exitCodes.ok;
    const things = thingsToTry(trial);
    shown = true;
    return options.check
      ? await check(trial, things, options, terminal, ending)
      : await show(trial, things, options, terminal, ending);
  } finally {
    shown = false;
    ending.abandonWith(trial);
    await trial?.stop();
    ending.close();
  }
}

/** Ctrl-C: once to end, again to leave at once. */
class Ending {
  asked = false;
  /** Resolves when somebody asks to end. */
  readonly wanted: Promise<void>;
  private stopListening: () => void;
  private trial: Trial | undefined;

  constructor(private readonly terminal: Terminal) {
    let resolve = () => {};
    this.wanted = new Promise((done) => {
      resolve = done;
    });
    this.stopListening = terminal.onInterrupt(() => {
      this.asked = true;
      resolve();
      this.stopListening = terminal.onInterrupt(() => this.trial?.abandon());
    });
  }

  /** From now on another Ctrl-C ends these by force. */
  abandonWith(trial: Trial | undefined): void {
    this.trial = trial;
    if (this.asked && trial) this.terminal.err('Stopping …');
  }

  close(): void {
    this.stopListening();
  }
}

async function show(
  trial: Trial,
  things: readonly Thing[],
  { json }: TryOptions,
  terminal: Terminal,
  ending: Ending,
): Promise<number> {
  const colours = pico.createColors(terminal.colour.out);
  terminal.out(
    json ? JSON.stringify(trialAsJson(trial, things)) : `${printedTrial(trial, things, terminal.colour.out)}\n`,
  );
  const stop = following(trial.nginx.accessLogFile, (line) => terminal.out(json ? line : printedAccess(line, colours)));
  const failed = await Promise.race([ending.wanted.then(() => undefined), trial.failed]);
  stop();
  if (failed === undefined) return exitCodes.ok;
  terminal.err(`${failed} has ended by itself. Its last words stand above or in ${trial.nginx.errorLogFile}.`);
  return exitCodes.refused;
}

async function check(
  trial: Trial,
  things: readonly Thing[],
  { json }: TryOptions,
  terminal: Terminal,
  ending: Ending,
): Promise<number> {
  const tried = await tryAll(
    things,
    (each) => json || terminal.out(printedTried(each, terminal.colour.out)),
    () => ending.asked,
  );
  const differing = tried.filter(({ held }) => !held).length;
  const left = things.length - tried.length;
  if (json) terminal.out(JSON.stringify({ ...trialAsJson(trial, things), tried, differing, left }, undefined, 2));
  else terminal.out(`\n${counted(tried.length, 'command')} tried, ${differing} ended otherwise than said.`);
  return differing + left > 0 ? exitCodes.refused : exitCodes.ok;
}

function showAppLine(line: string, { json, check }: TryOptions, terminal: Terminal): void {
  if (json && !check) terminal.out(line);
  else if (!check) terminal.err(`app      ${line}`);
}

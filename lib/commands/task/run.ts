import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '../../config/schema';
import { type Call, exitCodes, type Terminal, textOption, UserError } from '../shared/command';
import { environmentNamed } from '../shared/environments';
import { type Clients, clientsIn } from './clients';
import { type Clock, type Ending, follow } from './follow';
import { consoleLink, LogReader, type LogStream, logStreamOf } from './log-lines';
import { callerIn, type Place, placeOf } from './place';
import { startTask } from './start';

const DEFAULT_MINUTES = 60;
const LEAST_REASON = 5;
const INTERRUPTED = 130;

/** What surrounds the command; tests bring their own. */
export interface Surroundings {
  readonly environmentNamed: (name: string) => Environment;
  readonly clientsIn: (region: string) => Clients;
  readonly clock: Clock;
}

const real: Surroundings = {
  environmentNamed,
  clientsIn,
  clock: { now: () => Date.now(), sleep: (milliseconds) => sleep(milliseconds) },
};

/** Starts a one-off task and follows it. Answers with its exit code. */
export async function run(call: Call, terminal: Terminal, around: Surroundings = real): Promise<number> {
  const minutes = minutesOf(textOption(call, 'timeout'));
  const reason = reasonOf(textOption(call, 'reason') ?? '');
  const environment = around.environmentNamed(textOption(call, 'env') ?? '');
  const clients = around.clientsIn(environment.region);
  const caller = await callerIn(environment, clients);
  const place = await placeOf(environment, clients);
  const task = await startTask(place, { command: call.words, reason, caller }, clients);
  const stream = await logStreamOf(place, task, clients);
  const result = { task, command: call.words, reason, startedBy: caller, logs: stream && consoleLink(stream) };
  const asJson = call.options.json === true;
  terminal.err(`Started ${task}`);
  if (stream) terminal.err(`Lines   ${consoleLink(stream)}`);
  if (call.options.detach === true) {
    terminal.err(stillRunning(place, task, environment.region));
    if (asJson) terminal.out(JSON.stringify(result, undefined, 2));
    return exitCodes.ok;
  }
  const ending = await followed({ place, task, clients, stream, minutes, asJson }, terminal, around.clock);
  if (asJson) terminal.out(JSON.stringify({ ...result, ending }, undefined, 2));
  return conclude(ending, terminal, () => stillRunning(place, task, environment.region), minutes);
}

interface Followed {
  readonly place: Place;
  readonly task: string;
  readonly clients: Clients;
  readonly stream: LogStream | undefined;
  readonly minutes: number;
  readonly asJson: boolean;
}

async function followed(what: Followed, terminal: Terminal, clock: Clock): Promise<Ending> {
  const { stream, clients, minutes, asJson, ...which } = what;
  let interrupted = false;
  const stopListening = terminal.onInterrupt(() => {
    interrupted = true;
    terminal.err('Letting go of the task …');
  });
  try {
    return await follow({
      ...which,
      clients,
      clock,
      timeoutMinutes: minutes,
      // With --json, standard output belongs to the result.
      log: stream && new LogReader(stream, clients, asJson ? terminal.err : terminal.out, terminal.err),
      interrupted: () => interrupted,
      onState: (state) => terminal.err(`Task is ${state}`),
    });
  } finally {
    stopListening();
  }
}

function conclude(ending: Ending, terminal: Terminal, running: () => string, minutes: number): number {
  switch (ending.kind) {
    case 'ended':
      terminal.err(`Ended with exit code ${ending.exitCode}.`);
      return ending.exitCode;
    case 'failed':
      terminal.err(`The task did not run: ${ending.why}${pullHint(ending.why)}`);
      return exitCodes.refused;
    case 'timed out':
      terminal.err(`It has not ended after ${minutes} minutes. ${running()}`);
      return exitCodes.refused;
    case 'interrupted':
      terminal.err(running());
      return INTERRUPTED;
  }
}

const stillRunning = (place: Place, task: string, region: string): string =>
  `The task runs on. To stop it: aws ecs stop-task --region ${region} --cluster ${place.cluster} --task ${task}`;

const pullHint = (why: string): string =>
  why.includes('CannotPullContainer')
    ? '\nThe image could not be fetched: is its digest in the repository, and do the subnets reach ECR?'
    : '';

function minutesOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_MINUTES;
  const minutes = Number(text);
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > 1440)
    throw new UserError(`--timeout: '${text}' is no time. Expected whole minutes from 1 to 1440, for example 30.`);
  return minutes;
}

function reasonOf(text: string): string {
  const reason = text.trim();
  if (reason.length < LEAST_REASON)
    throw new UserError(`--reason: '${text}' is too short. Say why, for example --reason "Ticket 4711".`);
  return reason;
}

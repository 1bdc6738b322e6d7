import { join, relative } from 'node:path';
import pico from 'picocolors';
import type { BreakwaterApp } from './app';
import { abandon, outputFolder } from './assembly';
import { ConfigurationError, formatMistakes } from './config/parse';
import { printed } from './controls/gate/refusal';
import { UsageError } from './controls/gate/usage-error';
import { VERDICT_FILE, type Verdict } from './controls/gate/verdict';
import { synthesize } from './synthesize';

/**
 * Runs a synthesis as a program: builds the app, concludes, prints the verdict on standard error and sets the exit
 * code. A mistake of whoever called it is told in words; any other failure is a fault of the kit and keeps its trace.
 *
 * A program that calls this imports `withdraw-earlier` before anything else.
 *
 * @param build makes the app
 */
export function run(build: () => BreakwaterApp): Verdict | undefined {
  try {
    const app = build();
    const verdict = synthesize(app);
    const report = relative(process.cwd(), join(app.output, VERDICT_FILE));
    console.error(printed(verdict, { colour: inColour(), report }));
    if (!verdict.passed) process.exitCode = 1;
    return verdict;
  } catch (error) {
    process.exitCode = 1;
    abandon(outputFolder());
    if (error instanceof ConfigurationError) console.error(formatMistakes(error.mistakes));
    else if (error instanceof UsageError) console.error(error.message);
    else throw error;
    return undefined;
  }
}

const inColour = (): boolean => process.stderr.isTTY === true && pico.isColorSupported;

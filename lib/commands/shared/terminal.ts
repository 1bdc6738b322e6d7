import pico from 'picocolors';
import type { Terminal } from './command';

/** Ctrl-C, a request to end, and a terminal that was closed. */
const ENDINGS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The process's own terminal. Colours where a person looks, unless `NO_COLOR` says otherwise. */
export function ownTerminal(): Terminal {
  const coloured = (stream: NodeJS.WriteStream) => stream.isTTY === true && pico.isColorSupported;
  return {
    out: (text) => process.stdout.write(`${text}\n`),
    err: (text) => process.stderr.write(`${text}\n`),
    colour: { out: coloured(process.stdout), err: coloured(process.stderr) },
    onInterrupt: (react) => {
      const stop = () => {
        for (const signal of ENDINGS) process.removeListener(signal, once);
      };
      const once = () => {
        stop();
        react();
      };
      for (const signal of ENDINGS) process.on(signal, once);
      return stop;
    },
  };
}

import pico from 'picocolors';
import type { Terminal } from './command';

/** The process's own terminal. Colours where a person looks, unless `NO_COLOR` says otherwise. */
export function ownTerminal(): Terminal {
  const coloured = (stream: NodeJS.WriteStream) => stream.isTTY === true && pico.isColorSupported;
  return {
    out: (text) => process.stdout.write(`${text}\n`),
    err: (text) => process.stderr.write(`${text}\n`),
    colour: { out: coloured(process.stdout), err: coloured(process.stderr) },
    onInterrupt: (react) => {
      process.once('SIGINT', react);
      return () => process.removeListener('SIGINT', react);
    },
  };
}

import type { Terminal } from '../../lib/commands/shared/command';

/** A terminal that remembers, without colours. `interrupt` presses Ctrl-C. */
export function recorder() {
  const out: string[] = [];
  const err: string[] = [];
  let react: (() => void) | undefined;
  const terminal: Terminal = {
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    colour: { out: false, err: false },
    onInterrupt: (reaction) => {
      react = reaction;
      return () => {
        react = undefined;
      };
    },
  };
  return {
    terminal,
    out: () => out.join('\n'),
    err: () => err.join('\n'),
    interrupt: () => react?.(),
    listening: () => react !== undefined,
  };
}

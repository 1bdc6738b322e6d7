import pc from 'picocolors';
import { literal, type Mistake, shown } from './mistake';

export interface FormatOptions {
  /** Colour the text. @default - only when standard error is a terminal that takes it */
  readonly colour?: boolean;
}

/** Mistakes as a person reads them: by file, each with what was found, what was expected and an example. */
export function formatMistakes(mistakes: readonly Mistake[], options: FormatOptions = {}): string {
  const { colour = process.stderr.isTTY === true && pc.isColorSupported } = options;
  const { bold, dim, red, green, cyan } = pc.createColors(colour);
  const files = [...new Set(mistakes.map(({ file }) => file))];
  const line = (label: string, text: string): string =>
    `    ${dim(label.padEnd(9))} ${text.split('\n').join(`\n${' '.repeat(14)}`)}`;
  const blocks = files.map((file) => {
    const here = mistakes.filter((mistake) => mistake.file === file);
    return [
      cyan(file),
      ...here.map((mistake) =>
        [
          `  ${bold(mistake.path || 'the file')}`,
          line('found', red(shown(mistake.value))),
          line('expected', mistake.expected),
          ...(mistake.arithmetic === undefined ? [] : [line('because', mistake.arithmetic)]),
          ...(mistake.example === undefined ? [] : [line('example', green(literal(mistake.example)))]),
        ].join('\n'),
      ),
    ].join('\n\n');
  });
  const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;
  const title = bold(`Configuration refused: ${count(mistakes.length, 'mistake')} in ${count(files.length, 'file')}.`);
  return `${[title, ...blocks].join('\n\n')}\n`;
}

/** Width that every terminal has. */
export const WIDTH = 80;

/** Text broken at spaces; a word that is too long stands alone. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** A number and its noun. */
export const counted = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

/** US dollars to the cent, aligned to the right. */
export const dollars = (usd: number, width = 0): string => usd.toFixed(2).padStart(width);

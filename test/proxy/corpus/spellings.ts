/** Numbers from 0 up to a limit, the same ones for the same seed (mulberry32). */
export type Numbers = (limit: number) => number;

export function numbersFrom(seed: number): Numbers {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

const oneOf = <T>(choices: readonly [T, ...T[]], numbers: Numbers): T => choices[numbers(choices.length)] ?? choices[0];

const encoded = (character: string): string => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`;

/** A character as it is, encoded, or in the other case. */
function character(each: string, numbers: Numbers): string {
  if (each === '/') return slash(numbers);
  const cased = numbers(4) === 0 ? each.toUpperCase() : each;
  if (numbers(4) > 0) return cased;
  return numbers(2) === 0 ? encoded(cased) : encoded(cased).toUpperCase();
}

/** A slash, several, one encoded, a backslash, or one with steps that lead nowhere. */
const slash = (numbers: Numbers): string =>
  numbers(3) > 0
    ? '/'
    : oneOf(
        ['//', '%2f', '%2F/', '/./', '/%2e/', '///', '/x/../', '/x/..%2f', '/x/%2e%2e/', '\\', '%5c', '/;/'],
        numbers,
      );

/** What some app or file system drops from the end. */
const end = (numbers: Numbers): string =>
  numbers(3) > 0
    ? ''
    : oneOf(
        [
          '/',
          '.',
          '%20',
          '%2e',
          ';',
          ';x=1',
          '%3bx',
          '/.',
          '%09',
          '%0a',
          '%00',
          '/x',
          '?x',
          '?x=/../',
          '//',
          '/;x',
          '%20.',
          '/x/..',
        ],
        numbers,
      );

/** A spelling of a path by some of the ways that servers have been seen to understand. It begins with a slash. */
export const spellingOf = (path: string, numbers: Numbers): string =>
  `/${[...path.slice(1)].map((each) => character(each, numbers)).join('')}${end(numbers)}`.replace(/^\/(?=.)/, () =>
    oneOf(['/', '/', '//', '/./', '/x/../', '/%2f'], numbers),
  );

/** How a value could stand in a log: in clear, in JSON, in a URL, in base64 at any offset, in hexadecimal. */
export function spellings(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  const base64 = [0, 1, 2].flatMap((before) =>
    // The characters in the middle are the same, whatever stands before and after.
    (['base64', 'base64url'] as const).map((encoding) =>
      Buffer.concat([Buffer.alloc(before), bytes])
        .toString(encoding)
        .slice(4, -4),
    ),
  );
  const hex = bytes.toString('hex');
  return [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value), ...base64, hex, hex.toUpperCase()];
}

/** Which of the values can be found in a text, in whichever spelling: by their numbers, for values are not to be printed. */
export const foundIn = (text: string, values: readonly string[]): readonly number[] =>
  values.flatMap((value, index) => (spellings(value).some((spelling) => text.includes(spelling)) ? [index] : []));

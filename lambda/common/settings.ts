/** How one environment variable is read: its name, and what its text means. */
export interface Setting<Value> {
  readonly name: string;
  /** What was expected and an example, in the words of the error. */
  readonly expected: string;
  /** The value, or nothing when the text is not one. */
  readonly read: (text: string) => Value | undefined;
}

/** Any text that is not empty. */
export const text = (name: string): Setting<string> => ({
  name,
  expected: 'some text',
  read: (value) => value,
});

/** A whole number within limits, both included. */
export const whole = (name: string, least: number, most: number): Setting<number> => ({
  name,
  expected: `a whole number from ${least} to ${most}, for example ${least}`,
  read: (value) => {
    const number = Number(value);
    return /^\d+$/.test(value) && number >= least && number <= most ? number : undefined;
  },
});

/** Texts with commas between them, one at least. */
export const list = (name: string, example: string): Setting<readonly string[]> => ({
  name,
  expected: `texts with commas between them, for example ${example}`,
  read: (value) => {
    const found = value.split(',').map((each) => each.trim());
    return found.every((each) => each !== '') ? found : undefined;
  },
});

type Read<Settings> = { readonly [Key in keyof Settings]: Settings[Key] extends Setting<infer Value> ? Value : never };

/**
 * Reads a function's environment variables.
 *
 * @param wanted by the name that the code uses
 * @param variables @default - those of the process
 * @throws one error that names every variable that is missing or wrong
 */
export function settings<Settings extends Readonly<Record<string, Setting<unknown>>>>(
  wanted: Settings,
  variables: Readonly<Record<string, string | undefined>> = process.env,
): Read<Settings> {
  const mistakes: string[] = [];
  const found = Object.entries(wanted).map(([key, { name, expected, read }]) => {
    const given = variables[name];
    const value = given ? read(given) : undefined;
    if (!given) mistakes.push(`${name} is not set; expected ${expected}`);
    else if (value === undefined) mistakes.push(`${name} is '${given}'; expected ${expected}`);
    return [key, value] as const;
  });
  if (mistakes.length > 0) throw new Error(`Environment variables: ${mistakes.join('. ')}.`);
  return Object.fromEntries(found) as Read<Settings>;
}

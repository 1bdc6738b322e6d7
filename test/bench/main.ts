import { type Section, sections, UsageError } from './section';

const HELP = ['-h', '--help'];

/** Runs the sections asked for, all of them by default, and prints what they measured. */
async function main(args: readonly string[]): Promise<number> {
  const known = sections();
  if (args.some((each) => HELP.includes(each))) {
    console.log(help(known));
    return 0;
  }
  const asJson = args.includes('--json');
  // Names of sections come first; everything after them belongs to the sections.
  const words = args.filter((each) => each !== '--json');
  const end = words.findIndex((each) => !known.has(each));
  const chosen = end === -1 ? words : words.slice(0, end);
  const rest = end === -1 ? [] : words.slice(end);
  if (chosen.length === 0 && rest[0]?.startsWith('-') === false)
    throw new UsageError(`There is no section '${rest[0]}'. Known: ${[...known.keys()].join(', ')}.`);
  const figures: Record<string, unknown> = {};
  for (const [name, section] of known) {
    if (chosen.length > 0 && !chosen.includes(name)) continue;
    const output = {
      print: (text: string) => asJson || console.log(text),
      progress: (text: string) => console.error(`${name}: ${text}`),
    };
    output.print(`\n${name}: ${section.title}\n`);
    figures[name] = await section.run(rest, output);
  }
  if (asJson) console.log(JSON.stringify(figures, undefined, 2));
  return 0;
}

const help = (known: ReadonlyMap<string, Section>): string =>
  [
    'npm run bench -- [section…] [--json] [arguments of the sections]',
    '',
    '  --json  the figures as JSON on standard output; progress is always on standard error',
    ...[...known].flatMap(([name, { title, usage }]) => ['', `${name}: ${title}`, ...usage.map((line) => `  ${line}`)]),
  ].join('\n');

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof UsageError ? error.message : error);
    process.exitCode = 1;
  },
);

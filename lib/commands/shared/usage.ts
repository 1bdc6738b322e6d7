/** What to type in an incident, as `-c break-glass=` is for the CDK. */
export const BREAK_GLASS_CALL = 'npx breakwater synth --break-glass "why"';

/** How this program was called, as somebody would type it again: `npm start -- --today …` or the words themselves. */
function callOf(words: readonly string[], script: string | undefined): string {
  if (script === 'start') return 'npm start --';
  if (script === 'templates') return 'npm run templates --';
  return ['npx breakwater', ...words].join(' ');
}

/**
 * What the kit says about its context values (`-c today=`), in terms of the options that this program has for them.
 *
 * @param words what follows the program's name
 * @param script the npm script that runs, if one does
 * @param day the day that the example names; it decides nothing
 */
export function aboutOptions(
  message: string,
  words: readonly string[],
  script = process.env.npm_lifecycle_event,
  day = new Date().toISOString().slice(0, 10),
): string {
  return message
    .replace(/^(today|break-glass|output):/, '--$1:')
    .replace(/(Say the day yourself, for example) -c today=\S+\./, `$1 ${callOf(words, script)} --today ${day}`)
    .replace(/-c today=[\d-]+/, `--today ${day}`)
    .replace(/-c break-glass=/, '--break-glass ');
}

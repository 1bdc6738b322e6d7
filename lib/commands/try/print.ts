import pico from 'picocolors';
import type { Tried } from './check';
import type { Thing } from './things-to-try';
import type { Trial } from './trial';

const LABEL = 9;

/** What to open, what to try, and where the logs go. */
export function printedTrial(trial: Trial, things: readonly Thing[], colour: boolean): string {
  const colours = pico.createColors(colour);
  const { nginx, sample, environment } = trial;
  const line = (name: string, text: string) => `${colours.dim(name.padEnd(LABEL))}${text}`;
  return [
    line('open', `${colours.bold(`${nginx.url}/`)}  (its certificate is self-signed: a browser asks once)`),
    ...(sample ? [line('sign in', `${sample.account.name}  ${sample.account.password}`)] : []),
    line('proxy', `nginx ${nginx.version} as ${environment.name} configures it: ${nginx.folder}/nginx.conf`),
    line('app', trial.app),
    line('logs', nginx.accessLogFile),
    line('', nginx.errorLogFile),
    line('end', 'Ctrl-C; the folder goes with it'),
    '',
    colours.bold('Try, in another terminal'),
    ...things.flatMap(({ shows, command, expected }) => [
      '',
      `${shows} ${colours.dim('→')} ${expected}`,
      `  ${colours.cyan(command)}`,
    ]),
  ].join('\n');
}

/** How a command went. What differs is shown whole. */
export function printedTried({ shows, command, expected, found, held, output }: Tried, colour: boolean): string {
  const colours = pico.createColors(colour);
  if (held) return `${colours.green('as said')}  ${shows}: ${found}`;
  const indented = output.trimEnd().replace(/^/gm, '    ');
  return `${colours.red('differs')}  ${shows}: ${found}\n  expected ${expected}\n  ${command}\n${indented}`;
}

/** The trial for machines. */
export const trialAsJson = ({ nginx, sample, environment, app, curlFile }: Trial, things: readonly Thing[]) => ({
  url: `${nginx.url}/`,
  environment: environment.name,
  app,
  account: sample?.account ?? null,
  nginx: { version: nginx.version, configuration: `${nginx.folder}/nginx.conf` },
  processes: { nginx: nginx.pid, app: sample?.child.pid ?? null },
  certificate: `${nginx.folder}/tls/certificate.pem`,
  curl: curlFile,
  logs: { access: nginx.accessLogFile, error: nginx.errorLogFile },
  try: things.map(({ shows, command, expected }) => ({ shows, command, expected })),
});

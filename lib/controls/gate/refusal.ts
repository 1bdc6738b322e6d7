import pico from 'picocolors';
import { environmentOf, type GateFinding, type Problem } from './finding';
import type { StatedException } from './settle';
import type { Verdict } from './verdict';

type Colours = ReturnType<typeof pico.createColors>;

export interface PrintOptions {
  /** @default false */
  readonly colour?: boolean;
  /** Where the verdict was written, to be named. @default - not named */
  readonly report?: string;
}

/** The verdict in words: every finding at once, by environment and control, then the counts. */
export function printed(verdict: Verdict, options: PrintOptions = {}): string {
  const colours = pico.createColors(options.colour ?? false);
  const parts = [
    // First, because an exception that may not stand is why its finding refuses.
    problemsText(verdict.problems, colours),
    ...environmentsIn(verdict).map((name) => environmentText(name, verdict, colours)),
    noticesText(verdict, colours),
    closing(verdict, options, colours),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

const environmentsIn = (verdict: Verdict): string[] =>
  each(verdict.refused.map((finding) => environmentOf(finding.resource)));

function environmentText(name: string, verdict: Verdict, colours: Colours): string {
  const here = verdict.refused.filter((finding) => environmentOf(finding.resource) === name);
  const tier = verdict.environments.find((environment) => environment.name === name)?.tier;
  const heading = colours.bold(`${name}${tier && tier !== name ? ` (${tier})` : ''}: ${count(here.length, 'finding')}`);
  const byControl = each(here.map((finding) => finding.id)).sort((a, b) => rank(here, a) - rank(here, b));
  return [
    heading,
    ...byControl.map((id) =>
      controlText(
        here.filter((finding) => finding.id === id),
        colours,
      ),
    ),
  ].join('\n\n');
}

/** Findings that name a checklist row come first. */
const rank = (findings: readonly GateFinding[], id: string): number =>
  findings.some((finding) => finding.id === id && finding.rows.length > 0) ? 0 : 1;

function controlText(findings: readonly GateFinding[], colours: Colours): string {
  const [first] = findings;
  if (!first) return '';
  const rows = first.rows.length > 0 ? `${colours.red(first.rows.join(', '))}  ` : '';
  const said = (label: string, texts: readonly string[]) =>
    each(texts)
      .filter((text) => text !== '')
      .map((text) => `    ${label} ${text}`);
  return [
    `  ${rows}${colours.bold(first.id)}  ${colours.dim(first.pack)}`,
    ...each(findings.map((finding) => finding.description)).flatMap((description) => [
      `    ${description}`,
      ...findings
        .filter((finding) => finding.description === description)
        .map((finding) => `      at  ${placeOf(finding, colours)}`),
    ]),
    ...said(
      colours.dim('why'),
      findings.map((finding) => finding.why),
    ),
    ...said(
      colours.green('fix'),
      findings.map((finding) => finding.remedy),
    ),
  ].join('\n');
}

/** Each value once, in order. */
const each = <T>(values: readonly T[]): T[] => [...new Set(values)];

function placeOf(found: GateFinding | Problem, colours: Colours): string {
  // cdk-nag says `Properties` of every finding, which tells nothing.
  const location = 'location' in found && !['', 'Properties'].includes(found.location) ? `  ${found.location}` : '';
  return `${found.resource}${location}${found.source ? `\n          ${colours.cyan(found.source)}` : ''}`;
}

function problemsText(problems: readonly Problem[], colours: Colours): string {
  if (problems.length === 0) return '';
  return [
    colours.bold(`Exceptions and proof: ${count(problems.length, 'problem')}`),
    ...problems.map((problem) =>
      [
        `  ${colours.red(problem.id)}`,
        `    ${problem.description}`,
        `      at  ${placeOf(problem, colours)}`,
        `    ${colours.green('fix')} ${problem.remedy}`,
      ].join('\n'),
    ),
  ].join('\n\n');
}

function noticesText(verdict: Verdict, colours: Colours): string {
  const { breakGlass, expiring } = verdict;
  const listed = (exception: StatedException) =>
    `  ${exception.finding} at ${exception.resource}, until ${exception.expires} (${exception.owner})`;
  return [
    ...(breakGlass
      ? [
          colours.yellow(
            `GLASS BROKEN: ${count(breakGlass.exceptions.length, 'expired exception')} let stand. ${breakGlass.reason}`,
          ),
          ...breakGlass.exceptions.map(listed),
        ]
      : []),
    ...(expiring.length > 0 ? [colours.yellow(`${count(expiring.length, 'exception')} about to expire:`)] : []),
    ...expiring.map(listed),
  ].join('\n');
}

function closing(verdict: Verdict, options: PrintOptions, colours: Colours): string {
  const { environments, packs } = verdict;
  const resources = environments.reduce((sum, environment) => sum + environment.resources, 0);
  const gating = packs.filter((pack) => pack.gating).length;
  const faults = [
    ...(verdict.refused.length > 0 ? [count(verdict.refused.length, 'finding')] : []),
    ...(verdict.problems.length > 0 ? [count(verdict.problems.length, 'problem')] : []),
  ].join(' and ');
  const outcome = verdict.passed
    ? colours.green('Breakwater passes')
    : colours.red(`Breakwater refuses: ${faults}. Nothing was left that could be deployed`);
  const proof = `${count(resources, 'resource')} of ${environments.map(({ name }) => name).join(', ') || 'no environment'} judged by ${count(gating, 'pack')}, ${count(verdict.excepted.length, 'exception')}, as of ${verdict.judged.date}`;
  return `${outcome}. ${proof}.${options.report ? `\nReport: ${options.report}` : ''}`;
}

const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;

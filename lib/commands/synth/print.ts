import pico from 'picocolors';
import { sectionsOf } from '../../placeholder-banner';
import type { Estimate } from '../../pricing/estimate';
import { counted, dollars, WIDTH, wrapped } from '../shared/text';
import type { EnvironmentReport, ListedException, Summary, Templates } from './summary';

type Colours = ReturnType<typeof pico.createColors>;

const LABEL = 16;
const AMOUNT = 9;
const PART = 18;

export interface PrintOptions {
  readonly colour: boolean;
  /** Whether each exception is told with its resource and reason. */
  readonly exceptions: boolean;
}

/** The summary for people, in 80 columns. */
export function printedSummary(summary: Summary, options: PrintOptions): string {
  const colours = pico.createColors(options.colour);
  return summary.environments.map((report) => environmentText(report, colours, options)).join('\n\n');
}

function environmentText(report: EnvironmentReport, colours: Colours, options: PrintOptions): string {
  const { controls, rows, resources, stacks } = report;
  const place = `${report.tier}, ${report.region}, ${report.account ? `account ${report.account}` : 'no account yet'}`;
  return [
    `${colours.bold(report.name)}  ${colours.dim(place)}`,
    ...field('stacks', `${stacks.length}: ${stacks.map(({ name }) => name).join(', ')}`, colours),
    ...field('resources', `${resources}`, colours),
    ...field('controls', `${controls.held} of ${controls.of} held`, colours),
    ...field(
      'checklist',
      `${rows.held} of ${rows.held + rows.partial + rows.open} rows held, ${rows.partial} in part`,
      colours,
    ),
    ...field('exceptions', exceptionsIn(report.exceptions), colours),
    ...(options.exceptions ? reasonsText : rulesText)(report.exceptions, colours),
    ...(report.cost ? costText(report.cost, colours) : []),
    ...(report.templates ? templatesText(report.templates, report.account, colours) : []),
    ...placeholderText(report, colours),
    ...report.next
      .flatMap(typeable)
      .map((line, index) => `  ${colours.dim(label(index === 0 ? 'next' : ''))}${colours.bold(line)}`),
  ].join('\n');
}

const label = (text: string): string => text.padEnd(LABEL - 2);

/** A label and its text, wrapped under itself. */
function field(name: string, text: string, colours: Colours): string[] {
  return wrapped(text, WIDTH - LABEL).map((line, index) => `  ${colours.dim(label(index === 0 ? name : ''))}${line}`);
}

/** A command that can be copied from the terminal even where it takes two lines. */
const typeable = (command: string): string[] =>
  command.length + LABEL <= WIDTH ? [command] : command.replace(' --', ' \\\n  --').split('\n');

function exceptionsIn(exceptions: readonly ListedException[]): string {
  const [first] = exceptions.map(({ expires }) => expires).sort();
  return first === undefined ? 'none' : `${exceptions.length}, the first until ${first}`;
}

/** The rules that are excepted, by pack. */
function rulesText(exceptions: readonly ListedException[], colours: Colours): string[] {
  const packs = [...new Set(exceptions.map(({ pack }) => pack))];
  return packs.flatMap((pack) => {
    const rules = exceptions.filter((each) => each.pack === pack).map(({ finding }) => ruleOf(finding, pack));
    const counts = [...new Set(rules)].map((rule) => {
      const times = rules.filter((each) => each === rule).length;
      return times === 1 ? rule : `${rule} (${times})`;
    });
    return wrapped(`${pack}: ${counts.join(', ')}`, WIDTH - 6).map(
      (line, index) => `    ${index === 0 ? '' : '  '}${colours.dim(line)}`,
    );
  });
}

/** Without the pack's name and what cdk-nag says in brackets. */
const ruleOf = (finding: string, pack: string): string => finding.replace(`${pack}-`, '').replace(/\[.*\]$/, '');

/** Each exception with where it stands and why; those for the same reason together, for the list is to be read. */
function reasonsText(exceptions: readonly ListedException[], colours: Colours): string[] {
  const alike = new Map<string, ListedException[]>();
  for (const each of exceptions) {
    const key = `${each.finding}\n${each.reason}\n${each.expires}`;
    alike.set(key, [...(alike.get(key) ?? []), each]);
  }
  return [...alike.values()].flatMap((same) => {
    const { finding, reason, expires, owner } = same[0] as ListedException;
    return [
      `    ${finding}, until ${expires} (${owner})`,
      ...same.map(({ resource }) => `      at ${resource}`),
      ...wrapped(reason, WIDTH - 6).map((line) => `      ${colours.dim(line)}`),
    ];
  });
}

function templatesText(templates: Templates, account: string | undefined, colours: Colours): string[] {
  const state = !templates.written
    ? 'not written yet: npm run templates'
    : templates.stale > 0
      ? `${counted(templates.stale, 'file')} out of date: npm run templates`
      : 'to read';
  return [
    ...field('templates', `${templates.reviewed} (${state})`, colours),
    ...field('', `${templates.assembly} (${account === undefined ? 'no account yet' : 'to deploy'})`, colours),
  ];
}

function costText(cost: Estimate, colours: Colours): string[] {
  const sum = `${colours.bold(`$${dollars(cost.total)}`)} a month, ${cost.region} list prices of ${cost.pricesAsOf}`;
  return [
    `  ${colours.dim(label('cost'))}${sum}`,
    ...Object.entries(cost.parts).map(([part, usd]) => {
      const line = `    ${part.padEnd(PART)}${dollars(usd, AMOUNT)}   `;
      const largest = cost.lines
        .filter((each) => each.part === part)
        .map((each) => `${each.what} ${dollars(each.usd)}`);
      return `${line}${colours.dim(fitting(largest, WIDTH - line.length))}`;
    }),
    ...cost.unpriced.map((missing) => `    ${colours.yellow(`not in the sum: ${missing}`)}`),
  ];
}

/** As many of the texts as fit on the line. */
const fitting = (texts: readonly string[], width: number): string =>
  wrapped(texts.map((text) => text.replaceAll(' ', '\u00a0')).join(', '), width)[0]
    ?.replaceAll('\u00a0', ' ')
    .replace(/,$/, '') ?? '';

function placeholderText({ placeholders }: EnvironmentReport, colours: Colours): string[] {
  if (placeholders.length === 0) return [];
  const text = `${counted(placeholders.length, 'value')} to be set before a deployment, in ${sectionsOf(placeholders).join(', ')}`;
  return field('placeholders', text, colours).map((line) => colours.yellow(line));
}

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scratchIn } from '../../../lib/assembly';

/** A call of the command line: its arguments, and what stands in the folder of the assembly before. */
export interface Case {
  readonly args: readonly string[];
  /** Whether a good assembly of an earlier synthesis is in the folder. */
  readonly stale?: boolean;
  readonly variables?: Readonly<Record<string, string>>;
}

/** Holds every folder of the calls. */
export const root = mkdtempSync(join(tmpdir(), 'command-line-'));
/** Folder of the assembly of a call. */
export const folderOf = (name: string): string => join(root, name.replaceAll(/\W+/g, '-'));
export const GOOD = folderOf('good');
const DATA_TEMPLATE = join(GOOD, 'assembly-prod', 'proddataF7378CE5.template.json');
const DEPLOY = ['--require-approval', 'never'];

/** Ways to call the command line, of which several lose findings that are reported in the CDK's own way. */
const modes: Readonly<Record<string, Case>> = {
  'synth with no selector': { args: ['synth'], stale: true },
  'synth of the stack at fault': { args: ['synth', 'prod/data'] },
  'synth of another stack': { args: ['synth', 'prod/network', '--exclusively'], stale: true },
  'synth --ignore-errors': { args: ['synth', '--ignore-errors'] },
  'synth --no-validation': { args: ['synth', '--no-validation'], stale: true },
  'synth with CDK_VALIDATION=false': { args: ['synth'], variables: { CDK_VALIDATION: 'false' } },
  'synth with everything that loosens': {
    args: ['synth', 'prod/network', '--exclusively', '--quiet', '--ignore-errors', '--no-validation'],
    variables: { CDK_VALIDATION: 'false' },
    stale: true,
  },
  ls: { args: ['ls'], stale: true },
  'diff with a template': { args: ['diff', 'prod/data', '--exclusively', '--template', DATA_TEMPLATE] },
};

const spoilt = (fault: string): string[] => [
  '--app',
  'node --import tsx test/support/command-line/app.ts',
  '-c',
  `fault=${fault}`,
];
const inMode = (prefix: string, more: (args: readonly string[]) => readonly string[]): Record<string, Case> =>
  Object.fromEntries(
    Object.entries(modes).map(([name, mode]) => [`${prefix}: ${name}`, { ...mode, args: more(mode.args) }]),
  );

const ofEnvironment = (args: readonly string[]): readonly string[] => [...args, '-c', 'env=prod'];
export const goodModes = inMode('good', ofEnvironment);
export const refusedModes: Record<string, Case> = {
  ...inMode('refused', (args) => [...args, ...spoilt('escape hatch')]),
  'refused: synth -c env=prod': { args: ofEnvironment(['synth', ...spoilt('escape hatch')]) },
  'refused: deploy': { args: ['deploy', 'prod/*', ...DEPLOY, ...spoilt('escape hatch')], stale: true },
  'refused: weakened by an aspect': { args: ['synth', 'prod/network', ...spoilt('aspect')] },
};

const REFUSED = folderOf('refused: synth with no selector');
const KILLED = folderOf('killed');
/** Assemblies that are handed to the command line as they lie there. */
export const assemblies: Record<string, Case> = {
  'good assembly: ls': { args: ['ls', '--app', GOOD] },
  'good assembly: deploy': { args: ['deploy', '**', ...DEPLOY, '--app', GOOD] },
  'refused assembly: synth': { args: ['synth', '--app', REFUSED] },
  'refused assembly: deploy': { args: ['deploy', '**', ...DEPLOY, '--app', REFUSED] },
  'refused assembly: deploy, errors ignored': {
    args: ['deploy', '**', ...DEPLOY, '--ignore-errors', '--no-validation', '--app', REFUSED],
  },
  'killed assembly: deploy': { args: ['deploy', '**', ...DEPLOY, '--app', KILLED] },
  'killed assembly: deploy of what was being judged': {
    args: ['deploy', '**', ...DEPLOY, '--app', scratchIn(KILLED)],
  },
  'killed assembly: deploy of the environment': {
    args: ['deploy', '**', ...DEPLOY, '--app', join(KILLED, 'assembly-prod')],
  },
};

export const crashes: Record<string, Case> = {
  'crash while loading': { args: ['synth', '--app', 'node --import tsx test/support/command-line/unloadable.ts'] },
  'crash while building': { args: ['synth', ...spoilt('crash while building')] },
  'crash while synthesizing': { args: ['synth', ...spoilt('crash while synthesizing')] },
};

const EXPIRED = ['-c', 'env=prod', '-c', 'today=2099-01-01'];
export const REASON = 'Incident 4711: rollback of the login outage';
export const MALFORMED = folderOf('malformed environments');
export const others: Record<string, Case> = {
  'every environment': { args: ['synth'] },
  'error beside a resource': { args: ['synth', '--ignore-errors', ...spoilt('error beside the resource')] },
  'crash in an empty folder': { args: ['synth', ...spoilt('crash while synthesizing')] },
  killed: { args: ['synth', ...spoilt('killed while judging')], stale: true },
  'killed when refused': { args: ['synth', ...spoilt('killed when judged')], stale: true },
  'exceptions expired': { args: ['synth', ...EXPIRED], stale: true },
  'glass broken': { args: ['synth', ...EXPIRED, '-c', `break-glass=${REASON}`] },
  'glass broken, something else weak': {
    args: ['synth', ...EXPIRED, '-c', `break-glass=${REASON}`, ...spoilt('escape hatch')],
  },
};

/** Mistakes of the caller, each with everything that must be said about it. */
export const mistakes: Readonly<Record<string, Case & { readonly told: readonly string[] }>> = {
  'malformed environments': {
    args: ['synth', ...spoilt('escape hatch').slice(0, 2), '-c', 'env=prod,other', '-c', `environments=${MALFORMED}`],
    told: [
      'Configuration refused: 7 mistakes in 2 files.',
      'region',
      'app.port',
      'adminNetworks',
      'databse',
      'name',
      'tier',
    ],
  },
  'unknown environment': {
    args: ['synth', '-c', 'env=prd'],
    told: ['-c env', "'prd'", 'one of dev, prod, staging', "'prod'"],
  },
  'no environment': { args: ['synth', '-c', 'env=,'], told: ['-c env', "','", 'one of dev, prod, staging'] },
  'no day': {
    args: ['synth', '-c', 'today=2027-02-30'],
    told: ["today: '2027-02-30' is no day", '-c today=2027-06-30'],
  },
  'a day before the commit': {
    args: ['synth', '-c', 'today=2020-01-01'],
    told: ["today: '2020-01-01' is before the day of the commit", '-c today='],
  },
  'no reason': {
    args: ['synth', '-c', 'break-glass=urgent'],
    told: ["break-glass: 'urgent' is no reason", 'at least 12'],
  },
};

import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { VERDICT_FILE, type Verdict } from '../../../lib/controls/gate/verdict';

const PROJECT = join(__dirname, '..', '..', '..');
const CLI = join(dirname(require.resolve('aws-cdk/package.json')), 'bin', 'cdk');

/** How a call of the CDK's command line ended, and what it left in the folder of the assembly. */
export interface Outcome {
  readonly code: number;
  /** Both outputs, without colours. */
  readonly text: string;
  /** Every file in the folder, nested ones too, relative to it. */
  readonly left: readonly string[];
  readonly verdict?: Verdict;
}

export interface Call {
  /** Arguments after `cdk`. */
  readonly args: readonly string[];
  /** Folder of the assembly. */
  readonly outdir: string;
  /** Home of the caller, with no AWS profile in it. */
  readonly home: string;
  readonly variables?: Readonly<Record<string, string>>;
}

/** Runs the CDK's real command line in the project, as a person without credentials or network does. */
export function cdk({ args, outdir, home, variables }: Call): Promise<Outcome> {
  const options = {
    cwd: PROJECT,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    // Nothing else is inherited: no profile, no region, no CI that would keep the schema engine from remembering.
    env: {
      PATH: process.env.PATH,
      HOME: home,
      AWS_EC2_METADATA_DISABLED: 'true',
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      CDK_DISABLE_VERSION_CHECK: '1',
      ...variables,
    },
  } as const;
  return new Promise((resolve) => {
    execFile(process.execPath, [CLI, ...args, '--no-notices'], options, (error, stdout, stderr) => {
      resolve({
        code: error ? Number(error.code ?? 1) : 0,
        text: stripVTControlCharacters(`${stdout}${stderr}`),
        left: filesIn(outdir),
        verdict: verdictIn(outdir),
      });
    });
  });
}

const filesIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => !entry.isDirectory())
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
        .sort()
    : [];

function verdictIn(folder: string): Verdict | undefined {
  const file = join(folder, VERDICT_FILE);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Verdict) : undefined;
}

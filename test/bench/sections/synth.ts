import { table } from '../../support/sabotage/report';
import { numberOf, type Output } from '../section';
import { type Figure, type Memory, measure, median, type Sample, type Variant } from '../synth/measure';

export const title = 'what checks cost a synthesis, as multiples of the same app without checks';

const ROUNDS = 5;
const GROWTH_ROUNDS = 3;
const COUNTS = [1, 3, 10];

export const usage = [
  `--rounds=<n>  syntheses of each kind, whose median counts (default ${ROUNDS})`,
  `--growth=<n>  the same for 1, 3 and 10 environments; 0 leaves them out (default ${GROWTH_ROUNDS})`,
];

/** One kind of synthesis, and how many times the baseline it may take. */
interface Kind {
  readonly name: string;
  readonly variant: Variant['variant'];
  readonly memory?: Memory;
  readonly atMost?: number;
}

const BASELINE = 'no checks';
const KINDS: readonly Kind[] = [
  { name: BASELINE, variant: 'baseline' },
  { name: 'stock: CDK validation, four cdk-nag packs', variant: 'stock' },
  { name: 'ours, nothing remembered', variant: 'ours', atMost: 4.0 },
  { name: 'ours, one template changed', variant: 'ours', memory: 'all-but-one', atMost: 3.5 },
  { name: 'ours, none changed', variant: 'ours', memory: 'all', atMost: 1.5 },
];
const SCOPES = [
  { scope: 'prod', environments: ['prod'] },
  { scope: 'all shipped environments', environments: undefined },
];
const LIBRARY: Variant = { name: 'loading aws-cdk-lib', variant: 'library' };

/** Every figure is of whole processes, from their start to their end, the loader of TypeScript included. */
export async function run(args: readonly string[], output: Output): Promise<unknown> {
  const rounds = Math.max(1, numberOf(args, 'rounds', ROUNDS));
  const growthRounds = numberOf(args, 'growth', GROWTH_ROUNDS);
  const variants = SCOPES.flatMap(({ scope, environments }) =>
    KINDS.map(({ variant, memory, name }): Variant => ({ name: `${scope}: ${name}`, variant, memory, environments })),
  );
  const figures = await measure([LIBRARY, ...variants], rounds, output.progress);
  const of = (name: string): Figure => found(figures, name);
  for (const { scope } of SCOPES) {
    const baseline = of(`${scope}: ${BASELINE}`);
    const rows = KINDS.map(({ name, atMost }) =>
      row(of(`${scope}: ${name}`), name, baseline, of(LIBRARY.name), atMost),
    );
    output.print(`${table([header(scope), ...rows])}\n`);
  }
  const growth = growthRounds > 0 ? await grow(growthRounds, output) : undefined;
  return { rounds, targets: targets(of), figures: [...figures.values()], growth };
}

const header = (scope: string): string[] => [scope, 'ms', 'CPU ms', '× wall', '× CPU', 'at most', '× library'];

function row(figure: Figure, name: string, baseline: Figure, library: Figure, atMost?: number): string[] {
  const wall = times(figure, baseline, 'wallMs');
  return [
    name,
    figure.wallMs.toFixed(0),
    figure.cpuMs.toFixed(0),
    wall.toFixed(2),
    times(figure, baseline, 'cpuMs').toFixed(2),
    atMost === undefined ? '' : `${atMost.toFixed(1)} ${wall <= atMost ? 'held' : 'missed'}`,
    times(figure, library, 'wallMs').toFixed(1),
  ];
}

/** How many times the other: the median of what each round says, in which the machine was as busy for both. */
const times = (figure: Figure, other: Figure, of: keyof Sample): number =>
  median(figure.samples.map((sample, round) => sample[of] / (other.samples[round]?.[of] ?? Number.NaN)));

/** For machines: each target with what was measured. */
const targets = (of: (name: string) => Figure) =>
  SCOPES.flatMap(({ scope }) =>
    KINDS.flatMap(({ name, atMost }) => {
      const [figure, baseline] = [of(`${scope}: ${name}`), of(`${scope}: ${BASELINE}`)];
      const wall = times(figure, baseline, 'wallMs');
      return atMost === undefined
        ? []
        : [{ scope, name, atMost, wall, cpu: times(figure, baseline, 'cpuMs'), held: wall <= atMost }];
    }),
  );

/** What the number of environments does, each like prod. */
async function grow(rounds: number, output: Output): Promise<readonly Figure[]> {
  const kinds = KINDS.filter(
    ({ name, variant, memory }) => name === BASELINE || (variant === 'ours' && memory === undefined),
  );
  const nameOf = (count: number, kind: Kind): string => `${count} × prod: ${kind.name}`;
  const variants = COUNTS.flatMap((copies) =>
    kinds.map((kind) => ({ name: nameOf(copies, kind), variant: kind.variant, environments: ['prod'], copies })),
  );
  const figures = await measure(variants, rounds, output.progress);
  const cells = (count: number, kind: Kind): string[] => {
    const figure = found(figures, nameOf(count, kind));
    const one = found(figures, nameOf(1, kind));
    return [figure.wallMs.toFixed(0), figure.cpuMs.toFixed(0), times(figure, one, 'wallMs').toFixed(2)];
  };
  output.print(
    table([
      ['environments', ...kinds.flatMap(({ name }) => [`${name}: ms`, 'CPU ms', '× one'])],
      ...COUNTS.map((count) => [String(count), ...kinds.flatMap((kind) => cells(count, kind))]),
    ]),
  );
  return [...figures.values()];
}

function found(figures: ReadonlyMap<string, Figure>, name: string): Figure {
  const figure = figures.get(name);
  if (!figure) throw new Error(`nothing was measured for ${name}`);
  return figure;
}

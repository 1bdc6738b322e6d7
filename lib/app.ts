import { join } from 'node:path';
import { App, type AppProps, CfnResource, type IPolicyValidationPlugin, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import cdkJson from '../cdk.json';
import { abandon, outputFolder, refuseForeign, scratchIn, withdraw, withhold } from './assembly';
import type { Environment } from './config/schema';
import { exceptInstead } from './controls/except';
import type { Problem } from './controls/gate/finding';
import { Gate } from './controls/gate/gate';
import { type JudgingDate, judgingDate } from './controls/gate/judging-date';
import { Memory } from './controls/gate/memory';
import { traceOverrides } from './controls/gate/overrides';
import { nagPacks } from './controls/gate/packs/nag-packs';
import { ownPack } from './controls/gate/packs/own-pack';
import type { Pack } from './controls/gate/packs/pack';
import { remembered } from './controls/gate/packs/remembered';
import { ThreadedEngine } from './controls/gate/schema/engine';
import { SchemaValidation, schemaPack } from './controls/gate/schema/validation';
import { UsageError } from './controls/gate/usage-error';
import type { TierOf } from './controls/view';
import { inputsChanged } from './inputs';
import { EnvironmentStage } from './stacks/environment-stage';

/** One for the process: its start is dear, and apps built in one process share it. */
const engine = new ThreadedEngine();

const PROJECT = join(__dirname, '..');

/** Frames kept of the trace that created a resource: an L2 makes some from deep inside the library. */
const TRACE_DEPTH = 40;

export interface BuildOptions {
  /** Context values beneath those of `cdk -c`. @default - none beside cdk.json's */
  readonly context?: AppProps['context'];
  /** Folder of the assembly. @default - the CDK's */
  readonly outdir?: string;
  /**
   * Day that exceptions are judged by, as YYYY-MM-DD, and none before the commit's.
   * @default - `-c today=`, else the day of the commit
   */
  readonly today?: string;
  /** The judging day itself, for tests whose days must not move with the commit. @default - from `today` */
  readonly judged?: JudgingDate;
  /** Why expired exceptions may stand this once. @default - `-c break-glass=`, else they do not stand */
  readonly breakGlass?: string;
  /** What to type in an incident, for the refusal to tell. @default - the context value of the CDK's command line */
  readonly breakGlassCall?: string;
  /**
   * Folder of remembered answers of the packs; false keeps none.
   * @default - `.breakwater/cache`; none in CI or with `-c cache=off`
   */
  readonly cacheFolder?: string | false;
  /** Makes the packs that judge the app. @default - ours, AwsSolutions, NIST 800-53 R5, schemas; PCI and HIPAA as reports */
  readonly packs?: (tierOf: TierOf) => readonly Pack[];
  /**
   * Whether the caller concludes with `synthesize()`. Then the app is synthesized in a folder of its own until it has
   * passed, `app.synth()` does not throw what the gate refuses, and the schema engine starts while the app is built.
   * @default false
   */
  readonly concluded?: boolean;
}

/** The whole application: one stage for each environment, and the gate that judges them. */
export class BreakwaterApp extends App {
  readonly gate: Gate;
  readonly environments: readonly EnvironmentStage[];
  /** Folder of the assembly once it has passed. */
  readonly output: string;
  /** Folder of remembered answers of the packs, where they are kept. */
  readonly cacheFolder: string | undefined;

  /** @throws UsageError when a context value makes no sense, or the output's folder holds something else */
  constructor(environments: readonly Environment[], options: BuildOptions = {}) {
    const output = outputFolder(options.outdir);
    if (options.concluded) {
      refuseForeign(output);
      withdraw(output);
    }
    super({
      context: { ...cdkJson.context, ...options.context },
      postCliContext: {
        // The same templates whatever starts the synthesis: the CDK's command line and its library differ here.
        'aws:cdk:enable-path-metadata': true,
        'aws:cdk:enable-asset-metadata': true,
        ...(options.concluded && { '@aws-cdk/core:failSynthOnValidationErrors': false }),
      },
      outdir: options.concluded ? scratchIn(output) : options.outdir,
      analyticsReporting: false,
      // The gate validates against the schemas itself, and whoever builds the app synthesizes it, once.
      builtinCloudFormationValidation: false,
      autoSynth: false,
    });
    this.output = output;
    traceOverrides();
    this.cacheFolder = this.cacheFolderOf(options);
    const ahead = options.concluded && (this.cacheFolder === undefined || inputsChanged(this.cacheFolder));
    if (ahead) engine.start();
    this.environments = withTraces(() => environments.map((environment) => new EnvironmentStage(this, environment)));
    if (ahead) engine.warm(typesIn(this));
    const tiers = new Map(this.environments.map((stage) => [stage.node.path, stage.environment.tier]));
    const tierOf: TierOf = (stage) => tiers.get(stage);
    this.gate = new Gate({
      packs: options.packs?.(tierOf) ?? everyPack(tierOf, this.cacheFolder),
      judged: options.judged ?? judgingDate(options.today ?? this.node.tryGetContext('today'), PROJECT),
      breakGlass: reasonOf(options.breakGlass ?? this.node.tryGetContext('break-glass')),
      breakGlassCall: options.breakGlassCall ?? '-c break-glass="why"',
      tierOf,
      problems: this.environments.flatMap(placeExceptions),
    });
    Validations.of(this).addPlugins(this.guarded());
  }

  /** The gate as the CDK calls it: until it has decided, there is nothing to deploy. */
  private guarded(): IPolicyValidationPlugin {
    const { gate, outdir } = this;
    return {
      name: gate.name,
      version: gate.version,
      validate: (context) => {
        const restore = withhold(outdir);
        const report = gate.validate(context);
        if (report.success) restore();
        return report;
      },
    };
  }

  private cacheFolderOf(options: BuildOptions): string | undefined {
    if (options.cacheFolder !== undefined) return options.cacheFolder || undefined;
    const off = this.node.tryGetContext('cache') === 'off' || isCi();
    return off ? undefined : join(PROJECT, '.breakwater', 'cache');
  }
}

/** CI systems set `CI` to true or to 1. */
const isCi = (): boolean => !['', '0', 'false'].includes(process.env.CI ?? '');

/** Builds the application. The command line, the commands and the tests all call this. */
export function buildApp(environments: readonly Environment[], options: BuildOptions = {}): BreakwaterApp {
  try {
    return new BreakwaterApp(environments, options);
  } catch (error) {
    abandon(outputFolder(options.outdir));
    throw error;
  }
}

/** Every pack, in the order in which they run. */
function everyPack(tierOf: TierOf, cacheFolder?: string): Pack[] {
  const memory = new Memory(cacheFolder);
  return [
    ...remembered([ownPack(tierOf), ...nagPacks()], memory, tierOf),
    schemaPack(new SchemaValidation({ engine, memory })),
  ];
}

/** Puts the exceptions of an environment's file onto the resources that they name, in place of the kit's own. */
function placeExceptions(stage: EnvironmentStage): Problem[] {
  const placed = new Set<string>();
  return stage.environment.exceptions.flatMap(({ resource, ...exception }): Problem[] => {
    const named = find(stage.node.root, resource);
    const key = `${resource}\n${exception.finding}`;
    if (named && resource.startsWith(`${stage.node.path}/`) && !placed.has(key)) {
      exceptInstead(named, exception);
      placed.add(key);
      return [];
    }
    return [placed.has(key) ? duplicate(exception.finding, resource) : misplaced(exception.finding, resource, stage)];
  });
}

const duplicate = (finding: string, resource: string): Problem => ({
  id: 'exception-duplicate',
  description: `a second exception for ${finding}`,
  remedy: "Keep one of them in the environment's file.",
  resource,
});

const misplaced = (finding: string, resource: string, stage: EnvironmentStage): Problem => ({
  id: 'exception-misplaced',
  description: `an exception for ${finding} on a resource that ${stage.node.path} does not have`,
  remedy: `Use the construct path that the refusal prints; it begins with ${stage.node.path}/.`,
  resource,
});

const find = (root: IConstruct, path: string): IConstruct | undefined =>
  path.split('/').reduce<IConstruct | undefined>((at, id) => at?.node.tryFindChild(id), root);

const typesIn = (scope: IConstruct): string[] => [
  ...new Set(scope.node.findAll().flatMap((each) => (CfnResource.isCfnResource(each) ? [each.cfnResourceType] : []))),
];

function reasonOf(breakGlass: unknown): string | undefined {
  if (breakGlass === undefined) return undefined;
  if (typeof breakGlass === 'string' && breakGlass.trim().length >= 12) return breakGlass.trim();
  throw new UsageError(
    `break-glass: '${String(breakGlass)}' is no reason. Expected a sentence of at least 12 characters, ` +
      'for example -c break-glass="Incident 4711: rollback of the login outage".',
  );
}

function withTraces<T>(build: () => T): T {
  const depth = Error.stackTraceLimit;
  Error.stackTraceLimit = TRACE_DEPTH;
  try {
    return build();
  } finally {
    Error.stackTraceLimit = depth;
  }
}

import '../../../lib/withdraw-earlier';

import { Annotations, Aspects, type CfnResource } from 'aws-cdk-lib';
import { CfnDBInstance } from 'aws-cdk-lib/aws-rds';
import type { IConstruct } from 'constructs';
import { type BreakwaterApp, type BuildOptions, buildApp } from '../../../lib/app';
import { environmentNames, loadEnvironments } from '../../../lib/config/parse';
import { commandLineContext } from '../../../lib/context';
import { run } from '../../../lib/run';

interface Fault {
  readonly spoil?: (app: BreakwaterApp) => void;
  readonly options?: BuildOptions;
}

/**
 * What goes wrong with an app that is otherwise `bin/app.ts`, by the name that `-c fault=` gives: something is done to
 * the app between its building and its conclusion, or it is built otherwise.
 */
const faults: Readonly<Record<string, Fault>> = {
  'escape hatch': {
    spoil: (app) =>
      databaseOf(app).forEach((database) => {
        database.addPropertyOverride('StorageEncrypted', false);
      }),
  },
  aspect: {
    spoil: (app) =>
      app.environments.forEach((environment) => {
        // Aspects of the app itself do not reach into stages.
        Aspects.of(environment).add({
          visit: (node) => {
            if (node instanceof CfnDBInstance) node.addPropertyOverride('StorageEncrypted', false);
          },
        });
      }),
  },
  'error beside the resource': {
    spoil: (app) =>
      databaseOf(app).forEach((database) => {
        Annotations.of(database).addError('The library objects');
      }),
  },
  'crash while building': {
    spoil: () => {
      throw new Error('crashed while building');
    },
  },
  // The stages are finished on disk before the app's own aspects run.
  'crash while synthesizing': {
    spoil: (app) =>
      Aspects.of(app).add({
        visit: () => {
          throw new Error('crashed while synthesizing');
        },
      }),
  },
  'killed while judging': {
    options: {
      packs: () => [{ name: 'Last', gating: true, run: () => process.kill(process.pid, 'SIGKILL') as never }],
    },
  },
  'killed when judged': {
    spoil: (app) => {
      const synth = app.synth.bind(app);
      app.synth = (options) => {
        synth(options);
        return process.kill(process.pid, 'SIGKILL') as never;
      };
    },
    options: { packs: () => [] },
  },
};

const databaseOf = (app: BreakwaterApp): CfnResource[] =>
  app.node.findAll().filter((node: IConstruct): node is CfnResource => node instanceof CfnDBInstance);

function faultCalled(name: string): Fault {
  const fault = faults[name];
  if (fault) return fault;
  throw new Error(`no fault is called ${name}`);
}

run(() => {
  const context = commandLineContext();
  const { spoil, options }: Fault = context.fault === undefined ? {} : faultCalled(String(context.fault));
  const folder = context.environments === undefined ? undefined : String(context.environments);
  const app = buildApp(loadEnvironments(environmentNames(context.env) ?? ['prod'], folder), {
    concluded: true,
    ...options,
  });
  spoil?.(app);
  return app;
});

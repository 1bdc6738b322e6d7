import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack, Stage, Validations } from 'aws-cdk-lib';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import type { GateFinding } from '../../lib/controls/gate/finding';
import { Gate, type GateProps } from '../../lib/controls/gate/gate';
import type { Pack } from '../../lib/controls/gate/packs/pack';
import type { Subject } from '../../lib/controls/gate/subject';

/** A small app behind a gate: one production environment `prod` with a stack `data`, a queue and a topic. */
export class GatedApp {
  readonly app: App;
  readonly stack: Stack;
  readonly queue: CfnQueue;
  readonly topic: CfnTopic;
  readonly gate: Gate;

  constructor(props: Partial<GateProps> = {}) {
    this.app = new App({
      outdir: mkdtempSync(join(tmpdir(), 'gated-')),
      analyticsReporting: false,
      builtinCloudFormationValidation: false,
    });
    this.stack = new Stack(new Stage(this.app, 'prod'), 'data');
    this.queue = new CfnQueue(this.stack, 'Queue');
    this.topic = new CfnTopic(this.stack, 'Topic');
    this.gate = new Gate({
      packs: [pack()],
      breakGlassCall: '-c break-glass="why"',
      judged: { date: '2027-01-15', from: 'argument' },
      tierOf: (stage) => (stage === 'prod' ? 'production' : undefined),
      ...props,
    });
    Validations.of(this.app).addPlugins(this.gate);
  }

  /** Synthesizes and gives what was decided, whether the synthesis threw or not. */
  judge(): NonNullable<Gate['verdict']> & { readonly thrown: string } {
    let thrown = '';
    try {
      this.app.synth();
    } catch (error) {
      thrown = String(error);
    }
    const { verdict } = this.gate;
    if (!verdict) throw new Error(`the gate gave no verdict: ${thrown}`);
    return { ...verdict, thrown };
  }
}

/** A pack that finds `queue-open` on every queue, or what it is told to. */
export function pack(
  changes: Partial<Pack> & { readonly find?: (subject: Subject) => Partial<GateFinding>[] } = {},
): Pack {
  const { name = 'Queues', gating = true, find = queues } = changes;
  return {
    name,
    gating,
    run: (subject) => ({
      name,
      version: '1.0.0',
      gating,
      rules: ['queue-open', 'queue-lost'],
      judged: [...subject.resources.keys()],
      findings: find(subject).map((finding) => ({
        id: 'queue-open',
        pack: name,
        gating,
        rows: ['D11'],
        description: 'The queue is open',
        why: 'Anyone could read it.',
        remedy: 'Close it.',
        resource: 'prod/data/Queue',
        location: 'Properties.Open',
        ...finding,
      })),
    }),
    ...('run' in changes && { run: changes.run }),
  };
}

const queues = (subject: Subject): Partial<GateFinding>[] =>
  [...subject.resources]
    .filter(([, resource]) => resource.cfnResourceType === 'AWS::SQS::Queue')
    .map(([path]) => ({ resource: path }));

/** A pack that is content with everything. */
export const content = (): Pack => pack({ find: () => [] });

import { join } from 'node:path';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { PolicyValidationStack, PolicyViolation } from 'aws-cdk-lib';

/** Longest that an answer may take. Three environments take under three seconds; past this the thread is dead. */
const PATIENCE_MS = 180_000;

/** Answers which of the templates break the CloudFormation schemas. */
export interface SchemaEngine {
  /** Says which resource types are coming, so that the engine can start while the templates are still written. */
  warm(types: readonly string[]): void;
  /** @throws when the engine gives no answer */
  validate(stacks: readonly PolicyValidationStack[]): readonly PolicyViolation[];
}

/**
 * The validation engine in a thread of its own. Its start takes longer than everything else in a synthesis and needs
 * nothing but the resource types, so it runs beside the constructs, the synthesis and the other packs.
 */
export class ThreadedEngine implements SchemaEngine {
  private worker: Worker | undefined;

  warm(types: readonly string[]): void {
    this.started().postMessage({ task: 'warm', input: types });
  }

  /** A plugin must answer before it returns: the thread that called waits for the other. */
  validate(stacks: readonly PolicyValidationStack[]): readonly PolicyViolation[] {
    const { port1, port2 } = new MessageChannel();
    const signal = new Int32Array(new SharedArrayBuffer(4));
    this.started().postMessage({ task: 'validate', input: stacks, reply: port2, signal }, [port2]);
    const waited = Atomics.wait(signal, 0, 0, PATIENCE_MS);
    const answer = receiveMessageOnPort(port1)?.message as
      | { readonly result?: readonly PolicyViolation[]; readonly error?: string }
      | undefined;
    port1.close();
    if (answer?.result) return answer.result;
    throw new Error(answer?.error ?? `the schema engine gave no answer (${waited})`);
  }

  /** Starts the thread, which loads the library at once. */
  start(): void {
    this.started();
  }

  private started(): Worker {
    if (!this.worker) {
      // Without the loaders of this thread: the worker is plain JavaScript and starts faster.
      this.worker = new Worker(join(__dirname, 'worker.js'), { execArgv: [] });
      // It never keeps the process alive.
      this.worker.unref();
      // A thread that died gives no answer, and `validate` says so.
      this.worker.on('error', () => undefined);
    }
    return this.worker;
  }
}

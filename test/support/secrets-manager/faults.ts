/** What goes wrong at a boundary: around one call of an API or one statement. */
export interface Fault {
  /** Which boundary, counted from 0 in the order in which the work passes them. */
  readonly at: number;
  readonly what:
    | /** The call fails; nobody did anything. */ 'throws before'
    | /** The work is done, and an error comes back. */ 'throws after'
    | /** No answer in time, and nothing done. */ 'times out before'
    | /** No answer in time, but the work is done. */ 'times out after'
    | /** The process ends before it calls. */ 'dies before'
    | /** The process ends after the work was done. */ 'dies after'
    | /** The request comes twice, and the second answer counts. */ 'comes twice';
}

export const whats: readonly Fault['what'][] = [
  'throws before',
  'throws after',
  'times out before',
  'times out after',
  'dies before',
  'dies after',
  'comes twice',
];

/** What a run ends with when its process ended. No code of the process can catch it. */
export class Died extends Error {
  override readonly name = 'Died';
}

/** Boundaries that work passes, with a fault at one of them. Use one for each run. */
export class Boundaries {
  /** Names of those that were passed. */
  readonly passed: string[] = [];
  private die: (reason: Error) => void = () => undefined;

  /** @param fault @default - nothing goes wrong */
  constructor(private readonly fault?: Fault) {}

  /** Whether the fault happened. */
  get struck(): boolean {
    return this.fault !== undefined && this.passed.length > this.fault.at;
  }

  /** Runs what may die. */
  run<Result>(work: () => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.die = reject;
      work().then(resolve, reject);
    });
  }

  /** One boundary. */
  async around<Result>(name: string, perform: () => Promise<Result>): Promise<Result> {
    const index = this.passed.push(name) - 1;
    if (index !== this.fault?.at) return perform();
    const fail = (error: string, message: string) => {
      throw Object.assign(new Error(`${message}: ${name}`), { name: error });
    };
    const never = () => {
      this.die(new Died(`The process died at ${name}`));
      return new Promise<never>(() => undefined);
    };
    switch (this.fault.what) {
      case 'throws before':
        return fail('InternalServiceError', 'Something failed') as never;
      case 'throws after':
        await perform();
        return fail('InternalServiceError', 'Something failed') as never;
      case 'times out before':
        return fail('TimeoutError', 'No answer') as never;
      case 'times out after':
        await perform();
        return fail('TimeoutError', 'No answer') as never;
      case 'dies before':
        return never();
      case 'dies after':
        await perform();
        return never();
      default:
        await perform();
        return perform();
    }
  }
}

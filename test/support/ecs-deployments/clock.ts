/** Longer than anything takes that ends by itself: CloudFormation gives up after 36 hours. */
const LONGEST_SECONDS = 72 * 3600;

/**
 * A clock that nobody waits for. Time stands still while any code runs, and jumps to the next moment that somebody
 * sleeps until as soon as all of it sleeps.
 */
export class VirtualClock {
  private seconds: number;
  private running = 0;
  private readonly sleepers: { readonly at: number; readonly wake: () => void }[] = [];

  constructor(start: Date = new Date('2026-11-01T00:00:00Z')) {
    this.seconds = start.getTime() / 1000;
  }

  get now(): Date {
    return new Date(this.seconds * 1000);
  }

  /** Sleeps, without holding time still. */
  sleep(seconds: number): Promise<void> {
    return new Promise((wake) => {
      this.sleepers.push({ at: this.seconds + Math.max(0, seconds), wake });
    });
  }

  /** Runs code that may wait for real things (a database, a file); time stands still until it is done or sleeps. */
  async hold<T>(work: (nap: (seconds: number) => Promise<void>) => Promise<T>): Promise<T> {
    this.running += 1;
    try {
      return await work(async (seconds) => {
        this.running -= 1;
        await this.sleep(seconds);
        this.running += 1;
      });
    } finally {
      this.running -= 1;
    }
  }

  /**
   * Lets time pass until something has an outcome.
   *
   * @throws when there is still none after days, or when nobody sleeps any more: it would hang for ever
   */
  async until<T>(outcome: Promise<T>): Promise<T> {
    const end = this.seconds + LONGEST_SECONDS;
    let settled = false;
    const watched = outcome.finally(() => {
      settled = true;
    });
    // The caller gets the rejection below; here it only ends the loop.
    watched.catch(() => undefined);
    while (!settled) {
      await rest();
      if (settled || this.running > 0) continue;
      const next = this.sleepers.sort((a, b) => a.at - b.at).shift();
      if (!next || next.at > end) {
        await rest();
        if (settled) break;
        throw new Error(`${this.now.toISOString()}: nothing will ever happen again`);
      }
      this.seconds = Math.max(this.seconds, next.at);
      next.wake();
    }
    return watched;
  }
}

/** Gives everything that is ready to run its turn. */
const rest = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

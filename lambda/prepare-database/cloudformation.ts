import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../common/log';
import { scrubbed } from '../common/secrets/scrub';

/** What CloudFormation tells a custom resource, as far as it is needed here. */
export interface CloudFormationEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  /** Where the answer goes: an address of S3 that only CloudFormation gives out. */
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
}

export const isCloudFormation = (event: unknown): boolean =>
  typeof event === 'object' && event !== null && 'RequestType' in event && 'ResponseURL' in event;

/** Always the same, so that CloudFormation never takes an update for a replacement and deletes what it replaced. */
const RESOURCE = 'database-roles';
/** CloudFormation takes an answer of 4,096 bytes; the reason may have most of them. */
const LONGEST_REASON = 2_000;
/**
 * Milliseconds for the work. The function must have a minute more, to answer: cut off without an answer, it would leave
 * CloudFormation waiting.
 */
const LONGEST_WORK = 240_000;
/** Milliseconds before the second and the third try. */
const PAUSES = [500, 2_000];
/** Milliseconds that S3 may take. */
const ANSWER_TIMEOUT = 10_000;

/**
 * Does the work and tells CloudFormation how it ended: without an answer it would wait for an hour. Deleting the
 * resource does nothing, for the roles go with the database or stay with it.
 */
export async function answering(
  event: CloudFormationEvent,
  work: () => Promise<unknown>,
  log: Log,
  patience: number = LONGEST_WORK,
): Promise<{ readonly status: 'SUCCESS' | 'FAILED' }> {
  const { RequestType, StackId, RequestId, LogicalResourceId } = event;
  let failure: string | undefined;
  try {
    if (RequestType !== 'Delete') await inTime(work, patience);
  } catch (error) {
    log.error('the database could not be prepared', {}, error);
    failure = scrubbed(error instanceof Error ? error.message : String(error)).slice(0, LONGEST_REASON);
  }
  const status = failure === undefined ? 'SUCCESS' : 'FAILED';
  await answer(event.ResponseURL, {
    Status: status,
    ...(failure === undefined ? {} : { Reason: failure }),
    PhysicalResourceId: event.PhysicalResourceId ?? RESOURCE,
    StackId,
    RequestId,
    LogicalResourceId,
  });
  return { status };
}

async function inTime(work: () => Promise<unknown>, patience: number): Promise<void> {
  const over = new AbortController();
  const late = sleep(patience, undefined, { signal: over.signal }).then(() => {
    throw new Error(
      `It took longer than ${patience / 1000} s. See what the database is busy with, and deploy again: what is done stays done`,
    );
  });
  try {
    await Promise.race([work(), late]);
  } finally {
    over.abort();
    await late.catch(() => undefined);
  }
}

/** @throws when S3 would not take it; Lambda then calls the function again, and the work is repeated */
async function answer(url: string, content: Readonly<Record<string, string>>): Promise<void> {
  // As bytes: for a text, fetch adds a type of content, which the address was not signed for.
  const body = Buffer.from(JSON.stringify(content));
  for (const pause of [...PAUSES, undefined]) {
    const problem = await put(url, body);
    if (problem === undefined) return;
    if (pause === undefined) throw new Error(`CloudFormation could not be answered: ${problem}`);
    await sleep(pause);
  }
}

/** What went wrong, without the address: whoever has it can answer in our name. */
async function put(url: string, body: Buffer): Promise<string | undefined> {
  try {
    const { ok, status } = await fetch(url, { method: 'PUT', body, signal: AbortSignal.timeout(ANSWER_TIMEOUT) });
    return ok ? undefined : `status ${status}`;
  } catch (error) {
    const { message, cause } = error as { message: string; cause?: { code?: string } };
    return cause?.code ?? message.replaceAll(url, 'its address');
  }
}

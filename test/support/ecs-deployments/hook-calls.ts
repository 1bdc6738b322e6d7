import type { VirtualClock } from './clock';
import type { Hook, HookAnswer, HookEvent } from './protocol';

/** Seconds that Lambda lets a call take. */
export const CALL_SECONDS = 15 * 60;
/** Minutes that a hook may stay in progress when its configuration says nothing. */
const HOOK_MINUTES = 24 * 60;
/** Seconds between calls when the answer says nothing. */
const CALL_BACK_SECONDS = 30;

/** Told of every call: which of the hook, and what it answered. */
export type OnCall = (hook: string, call: number, answer: string) => void;

/** How a hook ended. */
export type HookOutcome = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/**
 * Asks one hook until it has an outcome, as ECS does: again after the delay that it wished for, with what it wanted to
 * remember, until its time is over. No valid answer, an error, or a call longer than Lambda allows is a failure.
 */
export async function ask(
  hook: Hook,
  eventOf: (hookDetails: HookEvent['hookDetails']) => HookEvent,
  clock: VirtualClock,
  onCall: OnCall,
): Promise<HookOutcome> {
  const { minutes, action } = hook.timeout ?? { minutes: HOOK_MINUTES, action: 'ROLLBACK' };
  const end = clock.now.getTime() + minutes * 60_000;
  let details = hook.hookDetails;
  for (let call = 1; ; call++) {
    const answer = await callOnce(hook, eventOf(details), clock);
    onCall(hook.id, call, typeof answer === 'string' ? answer : answer.hookStatus);
    if (typeof answer === 'string') return { ok: false, reason: `hook ${hook.id}: ${answer}` };
    if (answer.hookStatus === 'SUCCEEDED') return { ok: true };
    if (answer.hookStatus === 'FAILED') return { ok: false, reason: `hook ${hook.id} answered FAILED` };
    details = answer.hookDetails ? { ...details, ...answer.hookDetails } : details;
    const delay = answer.callBackDelay ?? CALL_BACK_SECONDS;
    if (clock.now.getTime() + delay * 1000 > end) {
      await clock.sleep((end - clock.now.getTime()) / 1000);
      onCall(hook.id, call, 'TIMED_OUT');
      return action === 'CONTINUE' ? { ok: true } : { ok: false, reason: `hook ${hook.id} timed out` };
    }
    await clock.sleep(delay);
  }
}

/** One call. @returns the answer, or what is wrong with it */
async function callOnce(hook: Hook, event: HookEvent, clock: VirtualClock): Promise<HookAnswer | string> {
  const answered = clock
    .hold((nap) => hook.handler(structuredClone(event), nap))
    .then(valid, (error: unknown) => `error: ${error instanceof Error ? error.message : String(error)}`);
  const late = clock.sleep(CALL_SECONDS).then(() => `no answer within ${CALL_SECONDS / 60} minutes`);
  return Promise.race([answered, late]);
}

/** A valid answer, as it arrives: through JSON. */
function valid(answer: unknown): HookAnswer | string {
  const { hookStatus, callBackDelay } = { ...(JSON.parse(JSON.stringify(answer ?? null)) as HookAnswer | null) };
  if (hookStatus !== 'SUCCEEDED' && hookStatus !== 'FAILED' && hookStatus !== 'IN_PROGRESS') {
    return `no valid hookStatus in ${JSON.stringify(answer)}`;
  }
  if (callBackDelay !== undefined && !(Number.isInteger(callBackDelay) && callBackDelay > 0)) {
    return `no valid callBackDelay in ${JSON.stringify(answer)}`;
  }
  return answer as HookAnswer;
}

import { setTimeout as sleep } from 'node:timers/promises';
import { type FeedbackAnswer, feedbackAnswer, type Problem } from '@coppice/contract';
import { withoutPassword } from '@coppice/serverkit';
import type { FeedbackOptions } from './feedback-options.ts';
import type { FeedbackItem } from './read-labels.ts';

/** The gateway refused or did not answer, for good: one line. */
export class GatewayError extends Error {}

/** A rate limit or a restart of the database may take its time; a gateway that is not there will not come. */
const TRIES = { busy: 60, away: 4 };
const MOST_WAIT_SECONDS = 60;
const TIMEOUT_MS = 60_000;

type Target = Pick<FeedbackOptions, 'gateway' | 'apiKey'> & {
  /** Waits; a test's may not. */
  wait?: (ms: number) => Promise<unknown>;
};

/** Sends a batch and returns the answer; waits and tries again after 429 and 503. Throws `GatewayError`. */
export async function sendBatch(
  feedback: readonly FeedbackItem[],
  { wait = sleep, ...target }: Target,
): Promise<FeedbackAnswer> {
  const body = JSON.stringify({ partial: true, feedback });
  for (let tried = 1; ; tried++) {
    const answer = await post(body, target);
    if (answer instanceof GatewayError) {
      if (tried === TRIES.away) throw answer;
      await wait(1000);
      continue;
    }
    if (answer.status !== 429 && answer.status !== 503) return read(answer, target);
    if (tried === TRIES.busy) return read(answer, target);
    const seconds = Number(answer.headers.get('retry-after') ?? 1);
    await answer.body?.cancel();
    await wait(1000 * Math.min(seconds >= 0 ? seconds : 1, MOST_WAIT_SECONDS));
  }
}

async function post(body: string, { gateway, apiKey }: Target): Promise<Response | GatewayError> {
  try {
    return await fetch(`${gateway}/feedback`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(apiKey === null ? {} : { 'x-api-key': apiKey }) },
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (cause) {
    const { code, message } = (((cause as Error).cause ?? cause) as NodeJS.ErrnoException) ?? {};
    const why = withoutPassword(code ?? message);
    return new GatewayError(`the gateway at ${withoutPassword(gateway)} cannot be reached: ${why}`, { cause });
  }
}

async function read(answer: Response, { gateway }: Target): Promise<FeedbackAnswer> {
  const body: unknown = await answer.json().catch(() => undefined);
  if (!answer.ok)
    throw new GatewayError((body as Problem | undefined)?.detail ?? `the gateway answered ${answer.status}`);
  const parsed = feedbackAnswer.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new GatewayError(
    `the server at ${withoutPassword(gateway)} is no Coppice gateway that takes feedback in parts`,
  );
}

import { on } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { OpenLoopResult } from './open-loop.ts';

/** `share`: of the capacity, which is measured over so many `requests`. `periods`: seconds of each. */
export type Load = { url: string; share: number; requests: number; periods: readonly number[] };

/**
 * Sends predictions from a thread of its own, which nothing else in this program delays: first as many as 32 connections get
 * answered, then at a share of that rate, period after period. Resolves to that capacity when the first period begins.
 * `nextResult` resolves when a period ends; it throws when a prediction failed.
 */
export async function startLoad({
  requests = 30_000,
  ...load
}: Omit<Load, 'requests'> & Partial<Load>): Promise<{ capacity: number; nextResult(): Promise<OpenLoopResult> }> {
  const worker = new Worker(new URL('./open-loop-worker.ts', import.meta.url), { workerData: { requests, ...load } });
  // an error of the thread rejects the next message that is waited for
  const messages = on(worker, 'message', { close: ['exit'] });
  const next = async () => {
    const { value, done } = await messages.next();
    if (done) throw new Error('the thread of the load has no more results');
    return value[0];
  };
  return { capacity: await next(), nextResult: next };
}

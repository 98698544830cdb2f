import { pace, realClock } from '@coppice/scripts/simulate/pace';
import { Pool } from 'undici';
import { quantile } from '../report/stats.ts';
import { faultOf } from './fault-of.ts';
import { post } from './post.ts';
import type { Row, Target } from './target.ts';

export type OpenLoopResult = {
  sent: number;
  p50: number;
  p95: number;
  p99: number;
  p999: number;
  max: number;
  /** How late the 99th of 100 requests left this program: a pause of its own counts in the latencies, too. */
  lateP99: number;
  perSecond: number;
};

type Load = { rate: number; seconds: number; rows: readonly Row[]; connections?: number };

/**
 * Sends at a fixed rate, however late the answers are, and measures each latency in milliseconds from the moment the
 * request was due, not from when it was sent: a stall counts for every request that it delays (no coordinated omission).
 * Throws when an answer is missing, its status is not 200 or a label is wrong.
 */
export async function openLoop(
  target: Target,
  { rate, seconds, rows, connections = 64 }: Load,
): Promise<OpenLoopResult> {
  const pool = new Pool(target.url, { connections, pipelining: 1, headersTimeout: 20_000 });
  const total = Math.round(rate * seconds);
  const latencies = new Float64Array(total);
  const late = new Float64Array(total);
  const bodies = rows.map((row) => target.body([row.features]));
  let sent = 0;
  let fault: Error | null = null;
  // a count: of the promises of ten minutes there are millions
  let waiting = 0;
  const all = Promise.withResolvers<void>();
  const start = performance.now();
  const send = () => {
    const k = sent++;
    const row = rows[k % rows.length] as Row;
    const due = start + (k * 1000) / rate;
    late[k] = performance.now() - due;
    waiting++;
    void post(pool, target.path, bodies[k % rows.length] as string)
      .then(
        (answer) => {
          latencies[k] = performance.now() - due;
          fault ??= faultOf(target, answer, row);
        },
        (error) => {
          fault ??= error as Error;
        },
      )
      .then(() => {
        if (--waiting === 0 && sent === total) all.resolve();
      });
  };
  try {
    const { elapsedMs } = await pace(
      { rate, total },
      { send, mayQueue: () => true, signal: new AbortController().signal, clock: realClock },
    );
    await all.promise;
    if (fault) throw fault;
    const sorted = latencies.toSorted();
    const [p50, p95, p99, p999, max] = [0.5, 0.95, 0.99, 0.999, 1].map((p) => quantile(sorted, p)) as [
      number,
      number,
      number,
      number,
      number,
    ];
    const lateP99 = quantile(late.toSorted(), 0.99);
    return { sent, p50, p95, p99, p999, max, lateP99, perSecond: (1000 * sent) / elapsedMs };
  } finally {
    await pool.destroy();
  }
}

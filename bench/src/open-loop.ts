import { pace, realClock } from '@coppice/scripts/simulate/pace';
import { type Dispatcher, Pool } from 'undici';
import { quantile } from './stats.ts';
import type { Row, Target } from './target.ts';

export type OpenLoopResult = { sent: number; p50: number; p95: number; p99: number; max: number; perSecond: number };

type Load = { rate: number; seconds: number; rows: readonly Row[]; connections?: number };

/**
 * Sends at a fixed rate whatever the answers do, and measures each latency in milliseconds from the moment the request
 * was due, not from when it could be sent: a stall counts for all that should have come meanwhile (no coordinated
 * omission). Throws when an answer is missing, its status is not 200 or a label is wrong.
 */
export async function openLoop(
  target: Target,
  { rate, seconds, rows, connections = 64 }: Load,
): Promise<OpenLoopResult> {
  const pool = new Pool(target.url, { connections, pipelining: 1, headersTimeout: 20_000 });
  const total = Math.round(rate * seconds);
  const latencies = new Float64Array(total);
  const bodies = rows.map((row) => target.body([row.features]));
  let sent = 0;
  let fault: Error | null = null;
  const answered: Promise<void>[] = [];
  const start = performance.now();
  const send = () => {
    const k = sent++;
    const row = rows[k % rows.length] as Row;
    const due = start + (k * 1000) / rate;
    answered.push(
      post(pool, target.path, bodies[k % rows.length] as string).then(
        (answer) => {
          latencies[k] = performance.now() - due;
          fault ??= faultOf(target, answer, row);
        },
        (error) => {
          fault ??= error as Error;
        },
      ),
    );
  };
  try {
    const { elapsedMs } = await pace(
      { rate, total },
      { send, mayQueue: () => true, signal: new AbortController().signal, clock: realClock },
    );
    await Promise.all(answered);
    if (fault) throw fault;
    const sorted = latencies.toSorted();
    const [p50, p95, p99, max] = [0.5, 0.95, 0.99, 1].map((p) => quantile(sorted, p)) as [
      number,
      number,
      number,
      number,
    ];
    return { sent, p50, p95, p99, max, perSecond: (1000 * sent) / elapsedMs };
  } finally {
    await pool.destroy();
  }
}

type Answer = { status: number; text: string };

function faultOf(target: Target, { status, text }: Answer, row: Row): Error | null {
  if (status !== 200) return new Error(`${target.label} answered ${status}: ${text.slice(0, 200)}`);
  if (target.labelPattern && target.labels(JSON.parse(text))[0] !== row.label)
    return new Error(`${target.label} gave a wrong label: ${text.slice(0, 200)}`);
  return null;
}

function post(pool: Pool, path: string, body: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let status = 0;
    let text = '';
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart() {},
      onResponseStart(_, statusCode) {
        status = statusCode;
      },
      onResponseData(_, chunk) {
        text += chunk.toString('utf8');
      },
      onResponseEnd: () => resolve({ status, text }),
      onResponseError: (_, error) => reject(error),
    };
    pool.dispatch({ path, method: 'POST', headers: { 'content-type': 'application/json' }, body }, handler);
  });
}

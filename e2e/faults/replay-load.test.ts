import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReplayView } from '@coppice/contract';
import { pace, realClock } from '@coppice/scripts/simulate/pace';
import { Pool } from 'undici';
import { expect, it } from 'vitest';
import { printFigures } from './figures.ts';
import { type Gateway, startStack } from './stack.ts';

const ROWS = 40_000;
/** Requests a second of the live traffic, and how long each of the alternating windows is. */
const RATE = 150;
const WINDOW_S = 3;
const WINDOWS = 12;

it('a replay of 500 rows a second: live requests wait no longer than without it', async () => {
  const { gateway } = await startStack({ env: { MODEL_V1_WEIGHT: '100', MODEL_V2_WEIGHT: '0' } });
  const pool = new Pool(gateway.url, { connections: 32 });
  await fill(pool);
  await window(pool, 2);
  const [without, during]: [number[], number[]] = [[], []];
  const ratios: number[] = [];
  const processor = { without: 0, during: 0 };
  let replayed = 0;
  let replayLatency: ReplayView['latency_ms'] = null;
  for (let i = 0; i < WINDOWS; i++) {
    const [idleFrom, before] = [processorMs(gateway.pid), await window(pool, WINDOW_S)];
    processor.without += processorMs(gateway.pid) - idleFrom;
    const { id } = await ask<ReplayView>(gateway, 'POST', '/replay', {
      version: 'v2',
      since: '1h',
      reason: 'measured',
    });
    await sleep(200);
    const [busyFrom, meanwhile] = [processorMs(gateway.pid), await window(pool, WINDOW_S)];
    processor.during += processorMs(gateway.pid) - busyFrom;
    const ended = await ask<ReplayView>(gateway, 'DELETE', `/replay/${id}`);
    expect(ended).toMatchObject({ state: 'cancelled', failed: 0 });
    replayed += ended.rows;
    replayLatency = ended.latency_ms;
    ratios.push(quantile(meanwhile, 0.99) / quantile(before, 0.99));
    without.push(...before);
    during.push(...meanwhile);
  }
  await pool.close();
  const core = (all: number) => `${Math.round(all / (WINDOWS * WINDOW_S))} ms`;
  const ms = (of: number[], q: number) => `${quantile(of, q).toFixed(2)} ms`;
  printFigures(`${RATE} live requests a second, with and without a replay (${WINDOWS} windows of ${WINDOW_S} s each)`, {
    'p50 without, with': `${ms(without, 0.5)}, ${ms(during, 0.5)}`,
    'p95 without, with': `${ms(without, 0.95)}, ${ms(during, 0.95)}`,
    'p99 without, with': `${ms(without, 0.99)}, ${ms(during, 0.99)}`,
    'p99 with / without, by window': ratios.map((ratio) => ratio.toFixed(2)).join(', '),
    'median of these': quantile(ratios, 0.5).toFixed(2),
    "gateway's processor time a second without, with": `${core(processor.without)}, ${core(processor.during)}`,
    'rows replayed a second': Math.round(replayed / (WINDOWS * WINDOW_S)),
    'p50, p99 of replayed rows': `${replayLatency?.p50.toFixed(1)} ms, ${replayLatency?.p99.toFixed(1)} ms`,
  });
  expect(replayed).toBeGreaterThan(1000);
  // a machine that does other things at the same time moves a p99 by more than the 10 % that are the aim
  expect(quantile(ratios, 0.5)).toBeLessThan(2);
  // which other programs do not change: a few percent of a core
  expect(processor.during - processor.without).toBeLessThan(60 * WINDOWS * WINDOW_S);
});

/** Predictions in the record, 1,000 a request. */
async function fill(pool: Pool): Promise<void> {
  const instances = Array.from({ length: 1000 }, (_, i) => [i % 3, 1, 2, 3]);
  for (let i = 0; i < ROWS / 1000; i++) await post(pool, { instances });
}

/** Milliseconds to each answer of an open loop. */
async function window(pool: Pool, seconds: number): Promise<number[]> {
  const times: number[] = [];
  const underWay: Promise<void>[] = [];
  const send = () => {
    const sentAt = performance.now();
    underWay.push(post(pool, { features: [1, 2, 3, 4] }).then(() => void times.push(performance.now() - sentAt)));
  };
  const signal = new AbortController().signal;
  await pace({ rate: RATE, total: RATE * seconds }, { send, mayQueue: () => true, signal, clock: realClock });
  await Promise.all(underWay);
  return times;
}

async function post(pool: Pool, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await pool.request({ path: '/predict', method: 'POST', headers, body: JSON.stringify(body) });
  await answer.body.dump();
  expect(answer.statusCode).toBe(200);
}

async function ask<T>({ url }: Gateway, method: string, path: string, body?: object): Promise<T> {
  const headers = { 'content-type': 'application/json', authorization: 'Bearer token-of-the-fault-tests' };
  const answer = await fetch(url + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  return (await answer.json()) as T;
}

/** Milliseconds of processor time that a process has used, in all its threads. */
function processorMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  // user and system time, in hundredths of a second
  return 10 * (Number(fields[11]) + Number(fields[12]));
}

function quantile(values: number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
}

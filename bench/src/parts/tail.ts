import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../context/context.ts';
import { ClosedLoop } from '../load/closed-loop.ts';
import { rowsThatAllKnow } from '../load/common-rows.ts';
import { type OpenLoopResult, openLoop } from '../load/open-loop.ts';
import { startGateway, startPage } from '../peers/coppice.ts';
import type { Measured } from '../report/bars.ts';
import { short, table } from '../report/table.ts';
import { disturb } from '../soak/disturb.ts';

/** Share of the measured capacity. */
const LOAD = 0.6;
const CONNECTIONS = 32;
const WARM_UP = 30_000;
const REQUESTS = 60_000;
/** So few rows that retention is at work nearly all the time. */
const MAX_ROWS = '100000';
const TOKEN = 'token-of-the-benchmark';
const EXPORT_PAUSE_MS = 5000;

type Result = OpenLoopResult & { capacity: number; exports: number; scrapes: number };

/** The slowest answers while people and programs do all that they do to a gateway at once. */
export async function tail(context: Context): Promise<{ measured: Measured; result: Result }> {
  const { lab, options, models, print, progress } = context;
  const env = { ADMIN_TOKEN: TOKEN, RECORD_MAX_ROWS: MAX_ROWS };
  const { target } = await startGateway(lab, models, { name: 'tail', label: 'Coppice', env });
  const page = await startPage(lab, target);
  const rows = await rowsThatAllKnow([target]);
  progress('measuring the capacity');
  const closed = new ClosedLoop(target, { connections: CONNECTIONS, rows });
  await closed.send(WARM_UP);
  const began = performance.now();
  await closed.send(REQUESTS);
  const capacity = (1000 * REQUESTS) / (performance.now() - began);
  await closed.close();

  const over = new AbortController();
  const faults: string[] = [];
  let scrapes = 0;
  let exports = 0;
  const reports = { fault: (what: string) => faults.push(what), holding: () => false, scraped: () => scrapes++ };
  const meanwhile = [
    disturb({ gateway: target.url, page: page.url, token: TOKEN }, reports, over.signal),
    readEvents(`${page.url}/api/events`, over.signal),
    exportAgain(target.url, over.signal, () => exports++),
  ].map((task) => task.catch((error: Error) => void (over.signal.aborted || faults.push(error.message))));
  const { minutes } = options;
  const rate = LOAD * capacity;
  progress(`${Math.round(rate).toLocaleString('en')} requests/s for ${short(minutes)} minutes`);
  const result = await openLoop(target, { rate, seconds: 60 * minutes, rows, connections: 2 * CONNECTIONS });
  over.abort();
  await Promise.all(meanwhile);
  lab.mustLive();
  await lab.end('ui');
  await lab.end('tail');
  if (faults.length > 0) throw new Error(`what went on meanwhile failed: ${faults[0]}`);

  const { p50, p95, p99, p999, max, perSecond } = result;
  const what = `${short(perSecond)} requests/s, ${exports} exports, ${scrapes} scrapes`;
  const head = [
    `${100 * LOAD} % of capacity, ${short(minutes)} min, ms from when due`,
    'p50',
    'p95',
    'p99',
    'p99.9',
    'most',
  ];
  print(`\n${table(head, [[what, ...[p50, p95, p99, p999, max].map(short)]])}`);
  return { measured: { tail: { p99, p999 } }, result: { ...result, capacity, exports, scrapes } };
}

/** The page's stream of events, which stays open. */
async function readEvents(url: string, signal: AbortSignal): Promise<void> {
  const answer = await fetch(url, { headers: { accept: 'text/event-stream' }, signal });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  for await (const _chunk of answer.body ?? []);
}

/** Exports the whole record again and again. */
async function exportAgain(url: string, signal: AbortSignal, ended: () => void): Promise<void> {
  while (!signal.aborted) {
    const answer = await fetch(`${url}/predictions?format=csv`, { signal });
    if (!answer.ok) throw new Error(`an export answered ${answer.status}`);
    for await (const _chunk of answer.body ?? []);
    ended();
    await sleep(EXPORT_PAUSE_MS, undefined, { signal });
  }
}

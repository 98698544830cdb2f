import { get } from 'node:http';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../context/context.ts';
import { startLoad } from '../load/load-thread.ts';
import type { OpenLoopResult } from '../load/open-loop.ts';
import { startGateway, startPage } from '../peers/coppice.ts';
import { recordedRows } from '../peers/recorded-rows.ts';
import type { Measured } from '../report/bars.ts';
import { short, table } from '../report/table.ts';
import { disturb } from '../soak/disturb.ts';

/** Share of the measured capacity. */
const LOAD = 0.6;
/** So few that retention is at work once the capacity is measured, which sends twice as many requests as it counts. */
const MAX_ROWS = 100_000;
const REQUESTS = 60_000;
const TOKEN = 'token-of-the-benchmark';
const PAUSES = { retune: 10_000, scrape: 5000, page: 2000 };
/** Between the end of an export and the next. */
const EXPORT_PAUSE_MS = 1000;
/** The time that the same load is alone at first, to the time with everything at work. */
const ALONE = 0.1;

type Result = { capacity: number; alone: OpenLoopResult; busy: OpenLoopResult; exports: number; scrapes: number };

/** The slowest answers while people and programs do all that they do to a gateway at once. */
export async function tail(context: Context): Promise<{ measured: Measured; result: Result }> {
  const { lab, options, models, print, progress } = context;
  const env = { ADMIN_TOKEN: TOKEN, RECORD_MAX_ROWS: `${MAX_ROWS}` };
  const { target, dataDir } = await startGateway(lab, models, { name: 'tail', label: 'Coppice', env });
  const page = await startPage(lab, target);
  progress('measuring the capacity');
  const seconds = 60 * options.minutes;
  const periods = [ALONE * seconds, seconds];
  const { capacity, nextResult } = await startLoad({ url: target.url, share: LOAD, requests: REQUESTS, periods });
  progress(`${short(LOAD * capacity)} requests/s, only retention besides`);
  const alone = await nextResult();
  progress(`${short(LOAD * capacity)} requests/s and everything else, for ${short(options.minutes)} minutes`);

  const over = new AbortController();
  const faults: string[] = [];
  const counts = { scrapes: 0, exports: 0 };
  const reports = {
    fault: (what: string) => faults.push(what),
    holding: () => false,
    scraped: () => counts.scrapes++,
  };
  const meanwhile = [
    disturb({ gateway: target.url, page: page.url, token: TOKEN }, reports, over.signal, PAUSES),
    readAll(`${page.url}/api/events`, over.signal).then(() => faults.push('the stream of events ended')),
    exportAgain(target.url, over.signal, () => counts.exports++),
  ].map((task) => task.catch((error: Error) => void (over.signal.aborted || faults.push(error.message))));
  const busy = await nextResult();
  over.abort();
  await Promise.all(meanwhile);
  lab.mustLive();
  await lab.end('ui');
  await lab.end('tail');
  if (faults.length > 0) throw new Error(`what went on meanwhile failed: ${faults[0]}`);
  const kept = recordedRows(dataDir);
  if (kept >= 2 * REQUESTS) throw new Error(`retention was not at work: the record holds ${kept} rows`);

  const lines = [
    ['retention', alone] as const,
    [`retention, retunes, page, ${counts.scrapes} scrapes, ${counts.exports} exports`, busy] as const,
  ].map(([what, { perSecond, p50, p95, p99, p999, max, lateP99 }]) => [
    what,
    ...[perSecond, p50, p95, p99, p999, max, lateP99].map(short),
  ]);
  const head = ['requests/s', 'p50', 'p95', 'p99', 'p99.9', 'most', 'sent late, p99'];
  print(`\n${table([`${100 * LOAD} % of capacity, ${short(options.minutes)} min, ms from when due`, ...head], lines)}`);
  const { p99, p999 } = busy;
  return { measured: { tail: { p99, p999 } }, result: { capacity, alone, busy, ...counts } };
}

/** Reads an answer to its end, which the page's stream of events has not, as cheaply as Node can: it shares the cores. */
async function readAll(url: string, signal: AbortSignal): Promise<void> {
  const request = get(url, { headers: { accept: 'text/event-stream, text/csv' }, signal });
  await new Promise<void>((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`${url} answered ${answer.statusCode}`));
      finished(answer.resume()).then(resolve, reject);
    });
  });
}

/** Exports the whole record again and again. */
async function exportAgain(url: string, signal: AbortSignal, ended: () => void): Promise<void> {
  while (!signal.aborted) {
    await readAll(`${url}/predictions?format=csv`, signal);
    ended();
    await sleep(EXPORT_PAUSE_MS, undefined, { signal });
  }
}

import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Context } from '../context/context.ts';
import { rowsThatAllKnow } from '../load/common-rows.ts';
import { startLoad } from '../load/load-thread.ts';
import type { Target } from '../load/target.ts';
import { measureInTurn, pick, type Rounds } from '../measure/measure-in-turn.ts';
import { startGateway } from '../peers/coppice.ts';
import type { Measured } from '../report/bars.ts';
import { median, medianRatio, quantile } from '../report/stats.ts';
import { short, table } from '../report/table.ts';
import { compareCosts, compareTails, type Tails } from './record-cost.ts';

const fill = fileURLToPath(new URL('../peers/fill-record.ts', import.meta.url));
const DAYS = 10;
const FEW_ROWS = 100;

/** Share of the measured capacity. */
const LOAD = 0.6;
const READ_EVERY_MS = 100;
/** Characters of an answer; one that is empty is none. */
const LEAST = 10;

type Reading = { path: string; p50: number; p95: number; p99: number; max: number };
/** `rate`: predictions per second meanwhile. */
type Loaded = Reading & { rate: number };
type Result = {
  rows: number;
  fillSeconds: number;
  fileMb: number;
  cost: Awaited<ReturnType<typeof compareCosts>>;
  tails: Tails;
  rounds: Rounds;
  readings: Reading[];
  /** While predictions came at `LOAD` of the capacity. */
  loaded: Loaded[];
};

/** A record that holds 5,000,000 predictions beside one that is all but empty. */
export async function record(context: Context): Promise<{ measured: Measured; result: Result }> {
  const { lab, options, models, print, progress } = context;
  const rows = options.quick ? 400_000 : 5_000_000;
  const dataDir = lab.place('data-full');
  progress(`recording ${rows.toLocaleString('en')} predictions`);
  const began = performance.now();
  const file = join(dataDir, 'coppice.db');
  const filled = (into: string, n: number) =>
    promisify(execFile)(process.execPath, [fill, '--file', into, '--rows', `${n}`, '--days', `${DAYS}`]);
  await filled(file, rows);
  const fillSeconds = (performance.now() - began) / 1000;
  const fileMb = statSync(file).size / 2 ** 20;

  // the default keeps 1,000,000: neither must trim while it is measured
  const env = { RECORD_MAX_ROWS: '100000000' };
  // all but empty: both have an experiment that runs, which is looked at every second
  const emptyDir = lab.place('data-empty');
  await filled(join(emptyDir, 'coppice.db'), FEW_ROWS);
  const emptyOptions = { name: 'empty-record', label: 'empty record', env, dataDir: emptyDir };
  const empty = (await startGateway(lab, models, emptyOptions)).target;
  const label = `record of ${rows.toLocaleString('en')}`;
  const full = (await startGateway(lab, models, { name: 'full-record', label, env, dataDir })).target;
  const known = await rowsThatAllKnow([empty, full]);
  const cost = await compareCosts(context, [empty, full], known);
  const rounds = await measureInTurn(context, [empty, full], [32], known);
  const readings: Reading[] = [];
  for (const path of await paths(full.url)) {
    progress(`reading ${path}`);
    readings.push(await read(full.url, path));
  }
  const loaded = await readUnderLoad(context, full);
  for (const name of ['empty-record', 'full-record']) await lab.end(name);
  const tails = await compareTails(context, dataDir, known);

  const ratio = medianRatio(pick(rounds, full.name, 32, 'perSecond'), pick(rounds, empty.name, 32, 'perSecond'));
  const lines = [empty, full].map((target) => {
    const perSecond = median(pick(rounds, target.name, 32, 'perSecond'));
    const micros = short(cost.micros[target === full ? 1 : 0]);
    const { median: efficiency, low, high } = cost.ratio;
    const compared = [`${efficiency.toFixed(3)} × (${low.toFixed(3)} – ${high.toFixed(3)})`, `${short(ratio)} ×`];
    return [target.label, micros, short(perSecond), ...(target === full ? compared : [])];
  });
  print(
    `\n${table([`record (${short(fileMb)} MB)`, 'gateway CPU µs', 'requests/s at 32', 'efficiency to the empty one', 'requests/s to it'], lines)}`,
  );
  const { trimming, keeping, ratio: trimRatio } = tails;
  const interval = `${short(trimRatio.median)} × (${short(trimRatio.low)} – ${short(trimRatio.high)})`;
  const p99s = [short(median(trimming)), short(median(keeping)), interval];
  const trimHead = ['1,000 requests/s', 'p99 ms while retention trims', 'without', 'trimming to without'];
  print(`\n${table(trimHead, [[full.label, ...p99s]])}`);
  const read50 = readings.map(({ path, p50, p95, max }) => [path, short(p50), short(p95), short(max)]);
  print(`\n${table(['read from it', 'p50 ms', 'p95 ms', 'most'], read50)}`);
  const under = loaded.map(({ path, rate, p50, p99, max }) => [path, ...[rate, p50, p99, max].map(short)]);
  print(`\n${table([`read at ${100 * LOAD} % of capacity`, 'predictions/s', 'p50 ms', 'p99 ms', 'most'], under)}`);
  const worst = (start: string) => Math.max(...readings.filter((r) => r.path.startsWith(start)).map((r) => r.p95));
  const measured = {
    record: {
      historyMs: worst('/predictions'),
      performanceMs: worst('/performance'),
      throughputRatio: ratio,
      processor: cost.ratio,
      trimming: trimRatio,
      comparisonMs: (loaded.find(({ path }) => path === '/comparison') as Loaded).p99,
    },
  };
  return { measured, result: { rows, fillSeconds, fileMb, cost, tails, rounds, readings, loaded } };
}

/** What a person reads: the first page, a page far back, filtered pages, the last day, all days. */
async function paths(url: string): Promise<string[]> {
  const day = 86_400_000;
  const ago = (days: number) => new Date(Date.now() - days * day).toISOString();
  const first = (await (await fetch(`${url}/predictions?until=${ago(DAYS / 2)}`)).json()) as { next_cursor: string };
  return [
    '/predictions',
    `/predictions?cursor=${first.next_cursor}`,
    '/predictions?version=v2&class=virginica',
    `/predictions?version=v1&since=${ago(DAYS - 1)}&until=${ago(DAYS - 2)}`,
    '/performance',
    `/performance?since=${ago(DAYS + 1)}`,
  ];
}

async function read(url: string, path: string): Promise<Reading> {
  const times: number[] = [];
  for (let i = 0; i < 60; i++) times.push(await readOnce(url, path));
  return quantiles(path, times);
}

/** Comparisons, read ten times a second while a thread sends predictions. */
async function readUnderLoad({ lab, options, progress }: Context, { url }: Target): Promise<Loaded[]> {
  const readings: Loaded[] = [];
  for (const path of ['/health', '/comparison', '/experiments/filled']) {
    progress(`reading ${path} at ${100 * LOAD} % of capacity`);
    const seconds = options.quick ? 5 : 30;
    const { capacity, nextResult } = await startLoad({ url, share: LOAD, periods: [seconds] });
    const times: number[] = [];
    for (let next = performance.now(), end = next + seconds * 1000; next < end; next += READ_EVERY_MS) {
      times.push(await readOnce(url, path));
      await sleep(Math.max(0, next + READ_EVERY_MS - performance.now()));
    }
    await nextResult();
    lab.mustLive();
    readings.push({ ...quantiles(path, times), rate: LOAD * capacity });
  }
  return readings;
}

async function readOnce(url: string, path: string): Promise<number> {
  const began = performance.now();
  const answer = await fetch(url + path);
  const text = await answer.text();
  if (!answer.ok || text.length < LEAST) throw new Error(`${path} answered ${answer.status}: ${text.slice(0, 200)}`);
  return performance.now() - began;
}

function quantiles(path: string, times: readonly number[]): Reading {
  const sorted = times.toSorted((a, b) => a - b);
  const [p50, p95, p99, max] = [0.5, 0.95, 0.99, 1].map((q) => quantile(sorted, q)) as [number, number, number, number];
  return { path, p50, p95, p99, max };
}

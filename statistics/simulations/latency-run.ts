import { BUCKETS } from '../src/bucketed.ts';
import { LATENCY_BUCKETS, latencyBucket } from '../src/latency-buckets.ts';
import { latencyRatio, slicesWithAnswers, slowEvents, slowLimit } from '../src/latency-ratio.ts';
import { relativeRisk } from '../src/relative-risk.ts';
import type { Chance } from './chance.ts';

const HARM = Math.log(60);
const LOOK_EVERY = 500;
/** The limit comes from the baseline's requests of the hour before. */
const BEFORE = 5000;

export type LatencySettings = {
  requests: number;
  share: number;
  /** By how much the candidate takes longer. */
  slower: number;
};

/** Columns of a run: whether an interval of the ratio ever missed the truth, requests at the first evidence of harm, last ratio. */
export type LatencyRun = [missed: number, harmAt: number, ratio: number];

/** The ratio of 95th percentiles and the guardrail `slow` with log-normal latencies, looked at every 500 requests. */
export function latencyRun(chance: Chance, { requests, share, slower }: LatencySettings): LatencyRun {
  const seconds = () => 0.02 * Math.exp(0.5 * chance.normal());
  const usual = new Float64Array(LATENCY_BUCKETS);
  for (let i = 0; i < BEFORE; i++) add(usual, seconds());
  const limit = slowLimit(usual) as number;
  const histograms = () => Array.from({ length: BUCKETS }, () => new Float64Array(LATENCY_BUCKETS));
  const epoch = { candidate: histograms(), baseline: histograms() };
  const result: LatencyRun = [0, 0, Number.NaN];
  for (let n = 1; n <= requests; n++) {
    const slice = Math.floor(n / 100) % BUCKETS;
    if (chance.next() < share) add(epoch.candidate[slice] as Float64Array, slower * seconds());
    else add(epoch.baseline[slice] as Float64Array, seconds());
    if (n % LOOK_EVERY !== 0) continue;
    const found = latencyRatio([epoch], limit, { alpha: 0.05 });
    if (found) result[2] = found.ratio;
    if (found?.interval && (found.interval[0] > slower || found.interval[1] < slower)) result[0] = 1;
    const options = { alpha: 0.05, buckets: slicesWithAnswers([epoch]) };
    if (result[1] === 0 && relativeRisk([slowEvents(epoch, limit)], options).harmLogE >= HARM) result[1] = n;
  }
  return result;
}

function add(histogram: Float64Array, seconds: number): void {
  const bucket = latencyBucket(seconds);
  histogram[bucket] = (histogram[bucket] as number) + 1;
}

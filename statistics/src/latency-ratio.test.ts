import { MersenneTwister19937, Random } from 'random-js';
import { describe, expect, it } from 'vitest';
import { BUCKETS, totalOf } from './bucketed.ts';
import { LATENCY_BUCKETS, latencyBucket } from './latency-buckets.ts';
import {
  type LatencyEpoch,
  latencyRatio,
  SLOW_TOLERANCE,
  slicesWithAnswers,
  slowEvents,
  slowLimit,
} from './latency-ratio.ts';
import { relativeRisk } from './relative-risk.ts';

const OPTIONS = { alpha: 0.05 };
const LIMIT = 200;

/** One slice's histogram with these counts by latency bucket. */
function histogram(counts: Record<number, number>): Float64Array {
  const all = new Float64Array(LATENCY_BUCKETS);
  for (const [bucket, count] of Object.entries(counts)) all[Number(bucket)] = count;
  return all;
}

/** Latencies of a log-normal distribution, `slower` times as long, spread over all slices. */
function latencies(random: Random, n: number, slower = 1): Float64Array[] {
  const slices = Array.from({ length: BUCKETS }, () => new Float64Array(LATENCY_BUCKETS));
  for (let i = 0; i < n; i++) {
    const normal = Math.sqrt(-2 * Math.log(1 - random.real(0, 1))) * Math.cos(2 * Math.PI * random.real(0, 1));
    const slice = slices[i % BUCKETS] as Float64Array;
    const bucket = latencyBucket(slower * 0.02 * Math.exp(0.5 * normal));
    slice[bucket] = (slice[bucket] as number) + 1;
  }
  return slices;
}

const merged = (slices: readonly Float64Array[]) =>
  Float64Array.from({ length: LATENCY_BUCKETS }, (_, bucket) =>
    slices.reduce((total, slice) => total + (slice[bucket] as number), 0),
  );

describe('slow answers', () => {
  it('are measured from the bucket of the baseline’s 95th percentile', () => {
    expect(slowLimit(histogram({ 100: 95, 150: 5 }))).toBe(100);
    expect(slowLimit(histogram({ 100: 94, 150: 6 }))).toBe(150);
    expect(slowLimit(histogram({ 0: 1 }))).toBe(0);
    expect(slowLimit(histogram({}))).toBeNull();
  });

  it('are above the limit, and those of the candidate above it by more than the tolerance', () => {
    const counts = { [LIMIT]: 5, [LIMIT + 1]: 2, [LIMIT + SLOW_TOLERANCE]: 3, [LIMIT + SLOW_TOLERANCE + 1]: 4 };
    const slices = [undefined, histogram(counts)];
    const { candidate, baseline, share } = slowEvents({ candidate: slices, baseline: slices }, LIMIT);
    expect([candidate[1], baseline[1], share]).toEqual([4, 9, 0.5]);
    expect([totalOf(candidate), totalOf(baseline)]).toEqual([4, 9]);
    expect(slowEvents({ candidate: [], baseline: [] }, LIMIT).share).toBe(0);
  });

  it('need slices with an answer of either arm', () => {
    const epoch = { candidate: [undefined, histogram({ 3: 1 })], baseline: [histogram({ 3: 1 }), histogram({ 0: 1 })] };
    expect(slicesWithAnswers([epoch])).toBe(2);
    expect(slicesWithAnswers([{ candidate: [], baseline: [] }])).toBe(0);
  });

  it('are evidence of a version that takes 1.5 times as long, not of one that takes 1.15 times', () => {
    const random = new Random(MersenneTwister19937.seed(4));
    const baseline = latencies(random, 20_000);
    const limit = slowLimit(merged(baseline)) as number;
    const harm = (slower: number) =>
      relativeRisk([slowEvents({ candidate: latencies(random, 4000, slower), baseline }, limit)], OPTIONS).harmLogE;
    expect(harm(1.5)).toBeGreaterThan(Math.log(60));
    expect(harm(1.15)).toBeLessThan(0);
  });
});

describe('the ratio of 95th percentiles', () => {
  it.each([1, 1.5, 0.7])('finds a candidate that takes %f times as long', (slower) => {
    const random = new Random(MersenneTwister19937.seed(1));
    const epochs = [1000, 8000].map(
      (n): LatencyEpoch => ({ candidate: latencies(random, n, slower), baseline: latencies(random, 8000) }),
    );
    const limit = slowLimit(merged(epochs[0]?.baseline as Float64Array[])) as number;
    const { ratio, interval } = latencyRatio(epochs, limit, OPTIONS) as { ratio: number; interval: [number, number] };
    expect(ratio / slower).toBeGreaterThan(0.95);
    expect(ratio / slower).toBeLessThan(1.05);
    expect(interval[0]).toBeLessThan(slower);
    expect(interval[1]).toBeGreaterThan(slower);
    expect(interval[1] / interval[0]).toBeLessThan(1.5);
  });

  it('is in the middle of all that make the arms alike, where latencies lie in lumps', () => {
    const baseline = Array.from({ length: BUCKETS }, () => histogram({ 180: 90, [LIMIT + 1]: 10 }));
    const candidate = Array.from({ length: BUCKETS }, () => histogram({ 188: 90, [LIMIT + 9]: 10 }));
    // the candidate's slow answers are above the limit for shifts of up to 8 buckets, its others for up to -13
    const found = latencyRatio([{ candidate, baseline }], LIMIT, OPTIONS);
    expect(found?.interval).toEqual([2 ** (-13 / 16), 2 ** (9 / 16)]);
    expect(found?.ratio).toBeCloseTo(2 ** (-2 / 16), 12);
  });

  it('is unknown while an arm has no answers or the baseline no slow ones, and has no interval with few', () => {
    const some = [histogram({ 190: 19, 210: 1 })];
    const fast = [histogram({ 190: 20 })];
    const ratio = (candidate: Float64Array[], baseline: Float64Array[]) =>
      latencyRatio([{ candidate, baseline }], LIMIT, OPTIONS);
    expect(ratio([], some)).toBeNull();
    expect(ratio(some, [])).toBeNull();
    expect(ratio(some, fast)).toBeNull();
    expect(ratio(some, some)?.interval).toBeNull();
    expect(latencyRatio([], LIMIT, OPTIONS)).toBeNull();
  });
});

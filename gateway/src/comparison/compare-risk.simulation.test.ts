import { LATENCY_BUCKETS, latencyBucket } from '@coppice/statistics/latency-buckets';
import { seededRandom } from '@coppice/testkit/seeded-random';
import { expect, it } from 'vitest';
import { latenciesOf } from './compare-latency.ts';
import { compareSlow } from './compare-risk.ts';
import { type PairEpoch, pairEpochs } from './pair-epochs.ts';

const REQUESTS = 10_000;
const LOOK = 500;
const MEDIAN = 0.003;
const SIGMA = 0.5;
/** The bucket of the baseline's 95th percentile. */
const LIMIT = latencyBucket(MEDIAN * Math.exp(1.645 * SIGMA));

/** First verdicts of `runs` comparisons whose candidate takes `factor` times as long, looked at again and again. */
function firstVerdicts(factor: number, runs: number): { better: number; worse: number } {
  const random = seededRandom(Math.round(100 * factor));
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const first = { better: 0, worse: 0 };
  for (let run = 0; run < runs; run++) {
    const counts = { v1: new Uint32Array(64 * LATENCY_BUCKETS), v2: new Uint32Array(64 * LATENCY_BUCKETS) };
    for (let i = 1; i <= REQUESTS; i++) {
      const version = random() < 0.5 ? 'v1' : 'v2';
      const seconds = MEDIAN * Math.exp(SIGMA * normal()) * (version === 'v2' ? factor : 1);
      const at = (Math.floor(i / 100) % 64) * LATENCY_BUCKETS + latencyBucket(seconds);
      counts[version][at] = (counts[version][at] as number) + 1;
      if (i % LOOK > 0) continue;
      const { verdict } = compareSlow(latenciesOf(epochOf(counts)), LIMIT, {
        alpha: 0.05,
        margin: null,
        withheld: false,
      });
      if (verdict !== 'better' && verdict !== 'worse') continue;
      first[verdict]++;
      break;
    }
  }
  return first;
}

function epochOf(counts: Record<string, Uint32Array>): PairEpoch[] {
  const latencies = Object.entries(counts).map(([version, of]) => ({ version, counts: of }));
  const epoch = { ...{ id: 1, period: 1, weights: { v1: 1, v2: 1 }, releases: {} }, started: 1, updated: 2, cells: [] };
  return pairEpochs([{ ...epoch, latencies }], { candidate: 'v2', baseline: 'v1' }, {});
}

it.each([
  // the table of docs/adr/0012
  [1, 200, { better: 0, worse: 0 }],
  [1.1, 50, { better: 0, worse: 0 }],
  [0.9, 50, { better: 0, worse: 0 }],
  [1.5, 50, { better: 0, worse: 50 }],
  [0.6, 50, { better: 50, worse: 0 }],
])('names a version that takes %d times as long slower or faster by the tolerance alone', (factor, runs, expected) => {
  expect(firstVerdicts(factor, runs)).toEqual(expected);
});

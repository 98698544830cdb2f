import { describe, expect, it } from 'vitest';
import { type Bucketed, emptyBucketed } from './bucketed.ts';
import { enoughBinary, enoughEvents, enoughOutcome } from './enough-data.ts';

function arm(n: number, sum: number, buckets = 1): Bucketed {
  const values = emptyBucketed();
  for (let bucket = 0; bucket < buckets; bucket++) {
    values.n[bucket] = n / buckets;
    values.sum[bucket] = sum / buckets;
  }
  return values;
}

describe('a 0/1 metric has enough data', () => {
  it.each([
    ['5 wrong expected in each arm', 100, 95, 100, 95, true],
    ['4.5 expected', 100, 95, 100, 96, false],
    ['5 of the rarer value in the smaller arm', 20, 10, 180, 40, true],
    ['4.9 of the rarer value in the smaller arm', 20, 10, 180, 39, false],
    ['only ones', 1000, 1000, 1000, 1000, false],
    ['an empty arm', 0, 0, 1000, 500, false],
  ])('or not with %s', (_name, nT, sT, nC, sC, enough) => {
    expect(enoughBinary([{ candidate: arm(nT, sT), baseline: arm(nC, sC) }])).toBe(enough);
  });

  it('over all epochs together', () => {
    const epoch = { candidate: arm(50, 48), baseline: arm(50, 47) };
    expect([1, 2].map((n) => enoughBinary(Array(n).fill(epoch)))).toEqual([false, true]);
    expect(enoughBinary([])).toBe(false);
  });
});

it('an outcome has enough data with 100 rows per arm in 8 buckets', () => {
  const enough = (nT: number, nC: number, buckets: number) =>
    enoughOutcome([{ candidate: arm(nT, 1, buckets), baseline: arm(nC, 1, buckets) }]);
  expect([enough(104, 104, 8), enough(96, 104, 8), enough(104, 96, 8), enough(104, 104, 7)]).toEqual([
    true,
    false,
    false,
    false,
  ]);
});

it('events are enough from 3 in 6 slices of time', () => {
  expect([enoughEvents(3, 6), enoughEvents(2, 6), enoughEvents(3, 5)]).toEqual([true, false, false]);
});

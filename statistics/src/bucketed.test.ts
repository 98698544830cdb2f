import { expect, it } from 'vitest';
import { BUCKETS, bucketsWithData, emptyBucketed, totalOf } from './bucketed.ts';

it('counts nothing at first', () => {
  const { n, sum, squares } = emptyBucketed();
  expect([n.length, sum.length, squares.length]).toEqual([BUCKETS, BUCKETS, BUCKETS]);
  expect(totalOf(n)).toBe(0);
});

it('counts a bucket once, whichever arm and epoch has rows in it', () => {
  const [candidate, baseline] = [emptyBucketed(), emptyBucketed()];
  candidate.n[3] = 2;
  baseline.n[3] = 1;
  baseline.n[9] = 4;
  expect(totalOf(baseline.n)).toBe(5);
  expect(bucketsWithData([{ candidate, baseline }])).toBe(2);
  expect(bucketsWithData([{ candidate, baseline: emptyBucketed() }])).toBe(1);
  expect(
    bucketsWithData([
      { candidate, baseline },
      { candidate, baseline },
    ]),
  ).toBe(2);
  expect(bucketsWithData([])).toBe(0);
});

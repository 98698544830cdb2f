import { expect, it } from 'vitest';
import { BUCKETS } from './bucketed.ts';
import { twoSidedLogE } from './relative-risk.ts';
import { sampleRatioLogE } from './sample-ratio.ts';

const ALARM = Math.log(1000);
/** `n` rows spread evenly over all buckets. */
const even = (n: number) => new Float64Array(BUCKETS).fill(n / BUCKETS);

it('takes even buckets for independent rows, and sums epochs with their own shares', () => {
  // scipy 1.17: 2.74847469706103
  const { logE, designEffect } = sampleRatioLogE([
    { candidate: even(90), baseline: even(910), share: 0.1 },
    { candidate: even(450), baseline: even(550), share: 0.5 },
  ]);
  expect(designEffect).toBe(1);
  expect(logE / 2.74847469706103).toBeCloseTo(1, 9);
});

it('alarms at a share that is off in every bucket, and stays calm where only the mix of users is uneven', () => {
  const off = sampleRatioLogE([{ candidate: even(4500), baseline: even(5500), share: 0.5 }]);
  expect(off.logE).toBeGreaterThan(ALARM);
  // whole users went to one arm, 34 buckets of them to the baseline
  const candidate = new Float64Array(BUCKETS).fill(156).fill(0, 0, 34);
  const baseline = new Float64Array(BUCKETS).fill(156).fill(0, 34);
  const sticky = sampleRatioLogE([{ candidate, baseline, share: 0.5 }]);
  expect(twoSidedLogE([{ t: 30 * 156, c: 34 * 156, share: 0.5 }])).toBeGreaterThan(ALARM);
  expect(sticky.designEffect).toBeCloseTo((156 * 64) / 63, 9);
  expect(sticky.logE).toBeLessThan(0);
});

it('stays calm while no user is on the candidate’s one per cent', () => {
  // 40 users with 40 requests each: none of them is assigned to the candidate in two of three rollouts
  const baseline = new Float64Array(BUCKETS).fill(40, 0, 40);
  const none = { candidate: new Float64Array(BUCKETS), baseline, share: 0.01 };
  expect(twoSidedLogE([{ t: 0, c: 1600, share: 0.01 }])).toBeGreaterThan(ALARM);
  expect(sampleRatioLogE([none]).logE).toBeLessThan(1);
});

it('says nothing without rows', () => {
  expect(sampleRatioLogE([])).toEqual({ logE: 0, designEffect: 1 });
});

import { emptyBucketed } from '@coppice/statistics/bucketed';
import { type CountedAnswer, countedEpoch } from '@coppice/testkit/epoch-cells';
import { describe, expect, it } from 'vitest';
import { latenciesOf } from './compare-latency.ts';
import { compareErrors, compareSlow } from './compare-risk.ts';
import { pairEpochs } from './pair-epochs.ts';

const pair = { candidate: 'v2', baseline: 'v1' };
const weights = { v1: 50, v2: 50 };
const options: { alpha: number; withheld: boolean; margin: number | null } = {
  ...{ alpha: 0.05, withheld: false, margin: null },
};
const NOTHING = emptyBucketed();

const answers = (version: string, n: number, each: (i: number) => Partial<CountedAnswer>): CountedAnswer[] =>
  Array.from({ length: n }, (_, i) => ({ version, bucket: i % 64, time: i * 1000, ...each(i) }));

function errors(baseline: number, candidate: number, changes: Partial<typeof options> = {}, n = 2000) {
  const failing = (of: number) => (i: number) => ({
    failed: Math.floor(((i + 1) * of) / n) > Math.floor((i * of) / n),
  });
  const epoch = countedEpoch({ period: 1, weights }, [
    ...answers('v1', n, failing(baseline)),
    ...answers('v2', n, failing(candidate)),
  ]);
  const both = pairEpochs([epoch], pair, {});
  return compareErrors(
    both.map((one) => ({ candidate: one.candidate.metric('errors'), baseline: one.baseline.metric('errors') })),
    { ...options, ...changes },
  );
}

describe('the comparison of errors', () => {
  it.each([
    ['nothing seen', 0, 0],
    ['not enough data', 1, 2],
    ['no difference seen', 20, 24],
    ['worse', 4, 40],
    ['better', 40, 4],
    // a baseline without errors is compared too
    ['worse', 0, 40],
    ['better', 40, 0],
  ])('says %s of %i and %i among 2,000', (verdict, baseline, candidate) => {
    const compared = errors(baseline, candidate);
    expect(compared).toMatchObject({
      verdict,
      baseline: { n: 2000, events: baseline },
      candidate: { events: candidate },
    });
    expect(compared.ratio === null).toBe(baseline * candidate === 0 || verdict === 'not enough data');
  });

  it('says how many times more, and by how much', () => {
    const { ratio, ratio_interval, difference, difference_interval } = errors(40, 80);
    expect(ratio).toBeCloseTo(2, 6);
    expect(ratio_interval?.[0]).toBeGreaterThan(1);
    expect(difference).toBeCloseTo(0.02, 9);
    expect(difference_interval?.[0]).toBeGreaterThan(0);
  });

  it('weighs each epoch alike in both rates, and leaves out those of one version alone', () => {
    // v2 has as many errors as v1 in each epoch, and most of its requests in the bad hour
    const failing = (of: number) => (i: number) => ({ failed: i % 1000 < of });
    const epochs = [
      countedEpoch({ id: 1, period: 1, weights: { v1: 100, v2: 0 } }, answers('v1', 5000, failing(500))),
      countedEpoch({ id: 2, period: 2, weights: { v1: 90, v2: 10 } }, [
        ...answers('v1', 9000, failing(10)),
        ...answers('v2', 1000, failing(10)),
      ]),
      countedEpoch({ id: 3, period: 3, weights: { v1: 10, v2: 90 } }, [
        ...answers('v1', 1000, failing(110)),
        ...answers('v2', 9000, failing(110)),
      ]),
    ];
    const cells = pairEpochs(epochs, pair, {}).map(({ candidate, baseline }) => {
      return { candidate: candidate.metric('errors'), baseline: baseline.metric('errors') };
    });
    const compared = compareErrors(cells, options);
    expect(compared).toMatchObject({
      ...{ verdict: 'no difference seen', ratio: expect.closeTo(1, 9), difference: expect.closeTo(0, 9) },
      baseline: { n: 10_000, events: 200, rate: expect.closeTo(0.06, 9) },
      candidate: { n: 10_000, events: 1000, rate: expect.closeTo(0.06, 9) },
    });
    const apart = [cells[0] as (typeof cells)[number], { candidate: cells[1]?.candidate, baseline: NOTHING }];
    expect(compareErrors(apart as typeof cells, options)).toMatchObject({
      ...{ verdict: 'not enough data', difference: null },
      ...{ baseline: { n: 5000, rate: null }, candidate: { n: 1000, rate: null } },
    });
  });

  it('finds versions equivalent whose rates differ by less than an experiment minds', () => {
    expect(errors(20, 24, { margin: 0.05 })).toMatchObject({ verdict: 'equivalent', margin: 0.05 });
    expect(errors(20, 24, { margin: 0.002 })).toMatchObject({ verdict: 'no difference seen', margin: 0.002 });
    // certain harm stays harm
    expect(errors(4, 40, { margin: 0.5 }).verdict).toBe('worse');
    expect(errors(1, 2, { margin: 0.5 }).verdict).toBe('not enough data');
  });

  it('names no winner that a check forbids', () => {
    expect(errors(4, 40, { withheld: true }).verdict).toBe('withheld');
  });
});

describe('the comparison of slow answers', () => {
  /** 3 ms times 1.00 to 1.99, and `factor` for v2. Bucket 191 ends at 4.1 ms, 199 at 5.8 ms. */
  function slow(factor: number, limit: number | null = 199) {
    const latency = (times: number) => (i: number) => ({
      latencySeconds: 0.003 * times * (1 + ((i * 61) % 100) / 100),
    });
    const epoch = countedEpoch({ period: 1, weights }, [
      ...answers('v1', 4000, latency(1)),
      ...answers('v2', 4000, latency(factor)),
    ]);
    return compareSlow(latenciesOf(pairEpochs([epoch], pair, {})), limit, options);
  }

  it('finds equal versions equal, although the candidate may be slower by the tolerance', () => {
    expect(slow(1)).toMatchObject({ verdict: 'no difference seen', ratio: 1, difference: 0 });
  });

  it.each([
    ['no difference seen', 1.1],
    ['worse', 1.5],
    ['no difference seen', 0.95],
    ['better', 0.6],
  ])('says %s of a version that is %d times as slow', (verdict, factor) => {
    expect(slow(factor, 191).verdict).toBe(verdict);
  });

  it('says that the limit is not known yet', () => {
    expect(slow(1, null)).toMatchObject({ verdict: 'not enough data', limit_ms: null, ratio: null });
    expect(slow(1).limit_ms).toBeCloseTo(5.79, 2);
  });
});

it('keeps the interval of a difference of rates within 100 points', () => {
  const { difference, difference_interval: interval } = errors(1, 12, {}, 13);
  expect(difference).toBeCloseTo(11 / 13, 9);
  expect(interval?.[1]).toBe(1);
});

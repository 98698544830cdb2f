import { type CountedAnswer, countedEpoch } from '@coppice/testkit/epoch-cells';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareMean } from './compare-mean.ts';
import { pairEpochs } from './pair-epochs.ts';

const pair = { candidate: 'v2', baseline: 'v1' };
const HOUR = 3_600_000;
const START = Date.parse('2026-03-02T00:00:00Z');

/** `n` answers with feedback, of which `right` are right, spread over all buckets. */
const fed = (version: string, n: number, right: number, { from = START, lasts = HOUR } = {}): CountedAnswer[] =>
  Array.from({ length: n }, (_, i) => ({
    ...{ version, bucket: (i * 37) % 64, time: from + Math.floor((i * lasts) / n) },
    correct: Math.floor(((i + 1) * right) / n) > Math.floor((i * right) / n),
  }));

const options = {
  ...{ metric: 'accuracy' as const, good: 'high' as const, alpha: 0.05, margin: 0.02, effect: 0.02 },
  ...{ withheld: false, now: START + 2 * HOUR },
};
const weights = { v1: 50, v2: 50 };

describe('the comparison of means', () => {
  it('is the oracle of two epochs, to which each epoch adds only what it says within itself', () => {
    const epochs = [
      countedEpoch({ id: 1, period: 1, weights: { v1: 90, v2: 10 } }, [
        ...fed('v2', 400, 352),
        ...fed('v1', 3600, 3330),
      ]),
      countedEpoch({ id: 2, period: 2, weights }, [...fed('v2', 2000, 1700), ...fed('v1', 2000, 1780)]),
    ];
    const compared = compareMean(pairEpochs(epochs, pair, {}), options);
    expect(compared.effect).toBeCloseTo(-0.0413235294117647, 12);
    expect(compared).toMatchObject({ verdict: 'worse', candidate: { n: 2400 }, baseline: { n: 5600 } });
    expect((compared.candidate.mean as number) - (compared.baseline.mean as number)).toBeCloseTo(
      compared.effect as number,
      12,
    );
  });

  it('names no winner by a mix of traffic that the weights changed with', () => {
    // normal traffic at 50/50, then easier traffic at 10/90: v2 is one point worse in both
    const epochs = [
      countedEpoch({ id: 1, period: 1, weights }, [...fed('v1', 4000, 3200), ...fed('v2', 4000, 3160)]),
      countedEpoch({ id: 2, period: 2, weights: { v1: 10, v2: 90 } }, [
        ...fed('v1', 800, 776),
        ...fed('v2', 7200, 6912),
      ]),
    ];
    const pooled = (6912 + 3160) / 11_200 - (3200 + 776) / 4800;
    expect(pooled).toBeGreaterThan(0.07);
    const compared = compareMean(pairEpochs(epochs, pair, {}), options);
    expect(compared.effect).toBeCloseTo(-0.01, 3);
    expect(compared.verdict).toBe('no difference seen');
  });

  it.each([
    ['better', 900, 970, {}],
    ['worse', 970, 900, {}],
    ['withheld', 900, 970, { withheld: true }],
    ['worse', 900, 970, { good: 'low' }],
    ['no difference seen', 950, 951, {}],
    ['equivalent', 950, 951, { margin: 0.1 }],
    ['not enough data', 1000, 1000, {}],
    ['not enough data', 999, 998, {}],
  ] as const)('says %s of %i and %i right of 1,000', (verdict, baseline, candidate, changes) => {
    const epoch = countedEpoch({ period: 1, weights }, [...fed('v1', 1000, baseline), ...fed('v2', 1000, candidate)]);
    const compared = compareMean(pairEpochs([epoch], pair, {}), { ...options, ...changes });
    expect(compared.verdict).toBe(verdict);
    expect(compared.interval === null).toBe(verdict === 'not enough data');
  });

  it('has no interval of accuracies beyond what they can differ by', () => {
    const epoch = countedEpoch({ period: 1, weights }, [...fed('v1', 28, 12), ...fed('v2', 32, 18)]);
    const compared = compareMean(pairEpochs([epoch], pair, {}), options);
    expect(compared).toMatchObject({ verdict: 'no difference seen', interval: [expect.any(Number), 1] });
    const outcomes = Array.from({ length: 400 }, (_, i) => ({
      ...{ version: i % 2 ? 'v1' : 'v2', bucket: (i * 37) % 64, time: START, outcome: (i % 100) * 10 },
    }));
    const ofOutcome = compareMean(pairEpochs([countedEpoch({ period: 1, weights }, outcomes)], pair, {}), {
      ...options,
      metric: 'outcome',
    });
    expect(ofOutcome.interval?.[1]).toBeGreaterThan(1);
  });

  it('shows what it has counted while there is nothing to compare', () => {
    const epoch = countedEpoch({ period: 1, weights }, fed('v1', 500, 450));
    expect(compareMean(pairEpochs([epoch], pair, {}), options)).toMatchObject({
      ...{ verdict: 'not enough data', effect: null, interval: null, p: null, still: null },
      ...{ baseline: { n: 500, mean: null }, candidate: { n: 0, mean: null } },
    });
  });

  it('works out how long an effect still takes, at the rate of the last day', () => {
    const twoHours = { lasts: 2 * HOUR };
    const epoch = countedEpoch({ period: 1, weights }, [
      ...fed('v1', 500, 450, twoHours),
      ...fed('v2', 500, 450, twoHours),
    ]);
    const at = (now: number) => compareMean(pairEpochs([epoch], pair, {}), { ...options, now }).still;
    const still = at(START + 2 * HOUR);
    // the fixed need is n = 12,597 · 0.09 / 0.0819; a thousand are there, at 500 an hour
    expect(still?.rows).toBeGreaterThan(10_000);
    expect(still?.rows).toBeLessThan(16_000);
    expect((still?.seconds as number) / 3600).toBeCloseTo((still?.rows as number) / 500, -1);
    // nothing came for a day: it never shows
    expect(at(START + 30 * HOUR)).toMatchObject({ rows: still?.rows, seconds: null });
    const enough = compareMean(pairEpochs([epoch], pair, {}), { ...options, effect: 0.5 });
    expect(enough.still).toEqual({ effect: 0.5, rows: 0, seconds: 0 });
  });

  it('is the same however answers are split into batches and ordered, and whichever gateway has them', () => {
    const answers = [...fed('v1', 300, 250), ...fed('v2', 200, 180)];
    const whole = compareMean(pairEpochs([countedEpoch({ period: 1, weights }, answers)], pair, {}), options);
    const property = fc.property(fc.shuffledSubarray(answers, { minLength: answers.length }), (order) => {
      const same = compareMean(pairEpochs([countedEpoch({ period: 1, weights }, order)], pair, {}), options);
      expect(same).toEqual(whole);
    });
    fc.assert(property, { numRuns: 25, seed: 7 });
  });
});

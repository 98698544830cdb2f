import { answersOf, countedEpoch } from '@coppice/testkit/epoch-cells';
import { describe, expect, it } from 'vitest';
import { checkFeedback, checkSampleRatio, feedbackRates, tippingPointOf } from './pair-checks.ts';
import { pairEpochs } from './pair-epochs.ts';

const pair = { candidate: 'v2', baseline: 'v1' };
const from = 1_000_000;
const assigned = (weights: Record<string, number>, v1: number, v2: number, id = 1) =>
  countedEpoch({ id, period: id, weights }, [...answersOf('v1', v1, { from }), ...answersOf('v2', v2, { from })]);

describe('the sample ratio', () => {
  it('is judged by the weights of each epoch, not by those of now', () => {
    const epochs = [assigned({ v1: 90, v2: 10 }, 9000, 1000), assigned({ v1: 1, v2: 1 }, 3000, 3000, 2)];
    const check = checkSampleRatio(pairEpochs(epochs, pair, {}), 1);
    expect(check).toMatchObject({ status: 'ok', assigned: { baseline: 12_000, candidate: 4000 }, expected: 4000 });
  });

  it('alarms when requests are not assigned by the weights, later with more candidates', () => {
    const epochs = pairEpochs([assigned({ v1: 1, v2: 1 }, 5300, 4700)], pair, {});
    const { status, log_e } = checkSampleRatio(epochs, 1);
    expect(status).toBe('alarm');
    // the oracle of 14.68, by buckets that do not vary more than chance
    expect(log_e).toBeCloseTo(14.6791646152101, 1);
    expect(checkSampleRatio(epochs, 10_000).status).toBe('ok');
  });

  it('judges nothing by a single user, or without weight', () => {
    const one = answersOf('v2', 500, { from }).map((answer) => ({ ...answer, bucket: 3 }));
    const epoch = countedEpoch({ period: 1, weights: { v1: 1, v2: 1 } }, one);
    expect(checkSampleRatio(pairEpochs([epoch], pair, {}), 1).status).toBe('not enough data');
    const none = assigned({ v1: 1, v2: 0 }, 500, 0);
    expect(checkSampleRatio(pairEpochs([none], pair, {}), 1)).toMatchObject({ status: 'not enough data', expected: 0 });
  });
});

describe('the feedback', () => {
  const withFeedback = (kind: 'correct' | 'outcome', v1: number, v2: number) => {
    const fed = (share: number) => ({
      ...{ from, [kind]: (i: number) => ((i % 100) / 100 < share ? (kind === 'correct' ? i % 7 > 0 : 1) : undefined) },
    });
    const answers = [...answersOf('v1', 6000, fed(v1)), ...answersOf('v2', 6000, fed(v2))] as Parameters<
      typeof countedEpoch
    >[1];
    return pairEpochs([countedEpoch({ period: 1, weights: { v1: 1, v2: 1 } }, answers)], pair, {});
  };

  it.each(['correct', 'outcome'] as const)('%s: alarms when one version gets it more often', (kind) => {
    expect(checkFeedback(withFeedback(kind, 0.2, 0.2))).toMatchObject({ status: 'ok', rates: { baseline: 0.2 } });
    const check = checkFeedback(withFeedback(kind, 0.25, 0.2));
    expect(check).toMatchObject({ status: 'alarm', rates: { baseline: 0.25, candidate: 0.2 } });
    expect(tippingPointOf(0.024, check)).toBeCloseTo(0.03, 9);
  });

  it('shows how often within epochs, not over all of them', () => {
    // half of the rows at first, and a tenth when most of them are v2's: as often for both
    const fed = (share: number) => ({
      from,
      correct: (i: number) => ((i % 100) / 100 < share ? i % 7 > 0 : undefined),
    });
    const answers = (v1: number, v2: number, share: number) =>
      [...answersOf('v1', v1, fed(share)), ...answersOf('v2', v2, fed(share))] as Parameters<typeof countedEpoch>[1];
    const epochs = [
      countedEpoch({ id: 1, period: 1, weights: { v1: 90, v2: 10 } }, answers(9000, 1000, 0.5)),
      countedEpoch({ id: 2, period: 2, weights: { v1: 10, v2: 90 } }, answers(1000, 9000, 0.1)),
    ];
    expect(checkFeedback(pairEpochs(epochs, pair, {}))).toMatchObject({
      status: 'ok',
      rates: { baseline: expect.closeTo(0.3, 9), candidate: expect.closeTo(0.3, 9) },
    });
  });

  it('is judged by the kind that can be judged, and the tipping point of accuracy by its own', () => {
    const both = (version: string) =>
      answersOf(version, 6000, { from }).map((answer, i) => ({
        ...answer,
        correct: i % 5 === 0 ? i % 7 > 0 : undefined,
        // of a single user
        outcome: answer.bucket === 3 ? 1 : undefined,
      }));
    const epochs = pairEpochs(
      [countedEpoch({ period: 1, weights: { v1: 1, v2: 1 } }, [...both('v1'), ...both('v2')])],
      pair,
      {},
    );
    expect(checkFeedback(epochs)).toMatchObject({ status: 'ok', rates: { baseline: 0.2, candidate: 0.2 } });
    expect(tippingPointOf(0.024, { rates: feedbackRates(epochs, 'accuracy') })).toBeCloseTo(0.03, 9);
    expect(feedbackRates(epochs, 'outcome').candidate).toBeLessThan(0.02);
  });

  it('is not judged of a version without weight, whose answers nobody gets', () => {
    const rows = answersOf('v1', 6000, { from, correct: (i: number) => i % 7 > 0 });
    const epochs = pairEpochs([countedEpoch({ period: 1, weights: { v1: 1, v2: 0 } }, rows)], pair, {});
    expect(checkFeedback(epochs)).toEqual({
      ...{ status: 'not enough data', log_e: 0 },
      rates: { baseline: null, candidate: null },
    });
  });

  it('has no tipping point that accuracies cannot reach', () => {
    expect(tippingPointOf(-0.06, { rates: { baseline: 1, candidate: 0.99 } })).toBeNull();
    expect(tippingPointOf(-0.06, { rates: { baseline: 1, candidate: 0.9 } })).toBeCloseTo(0.6, 9);
  });

  it('is not judged without any', () => {
    const check = checkFeedback(withFeedback('correct', 0, 0));
    expect(check).toMatchObject({ status: 'not enough data', rates: { baseline: 0, candidate: 0 } });
    expect(tippingPointOf(null, check)).toBeNull();
  });
});

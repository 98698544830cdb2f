import type { MeanComparison, MeanMetric } from '@coppice/contract';
import { type EpochPair, totalOf } from '@coppice/statistics/bucketed';
import { enoughBinary, enoughOutcome } from '@coppice/statistics/enough-data';
import { meanDifference } from '@coppice/statistics/mean-difference';
import { withinShares } from '@coppice/statistics/within-shares';
import { hasBoth, meansOf } from './epoch-means.ts';
import type { PairEpoch } from './pair-epochs.ts';
import { timeStill } from './time-still.ts';

type Options = {
  metric: MeanMetric;
  good: 'high' | 'low';
  alpha: number;
  margin: number | null;
  /** How long a difference of this size still takes is worked out; null: it is not. */
  effect: number | null;
  /** A check forbids to name a winner. */
  withheld: boolean;
  /** Milliseconds since the epoch. */
  now: number;
};

/** Compares the means of a metric per row within epochs: section "Accuracy and outcome" of the specification of experiments. */
export function compareMean(epochs: readonly PairEpoch[], options: Options): MeanComparison {
  const { metric, good, alpha, margin, effect, withheld, now } = options;
  const all = epochs.map(({ candidate, baseline, ...rest }) => {
    return { candidate: candidate.metric(metric), baseline: baseline.metric(metric), ...rest };
  });
  const both = all.filter(hasBoth);
  const enough = metric === 'accuracy' ? enoughBinary(both) : enoughOutcome(both);
  const difference = enough ? meanDifference(both, { alpha }) : null;
  const means = meansOf(both);
  const counted = both.length > 0 ? both : all;
  const base = {
    ...{ metric, good, margin },
    baseline: { n: rowsOf(counted, 'baseline'), mean: means?.baseline ?? null },
    candidate: { n: rowsOf(counted, 'candidate'), mean: means?.candidate ?? null },
  };
  if (difference === null)
    return {
      ...base,
      ...{ verdict: 'not enough data', effect: null, interval: null, p: null, design_effect: null, still: null },
    };
  const [low, high] = difference.interval;
  const interval: [number, number] = metric === 'accuracy' ? [withinShares(low), withinShares(high)] : [low, high];
  const verdict = verdictOf(interval, good, margin);
  return {
    ...base,
    verdict: withheld && (verdict === 'better' || verdict === 'worse') ? 'withheld' : verdict,
    effect: difference.effect,
    interval,
    p: difference.p,
    design_effect: difference.designEffect,
    still: effect === null ? null : timeStill(both, difference, { effect, alpha, now }),
  };
}

/** What an interval of candidate − baseline says. */
export function verdictOf([low, high]: readonly [number, number], good: 'high' | 'low', margin: number | null) {
  if (low > 0) return good === 'high' ? 'better' : 'worse';
  if (high < 0) return good === 'high' ? 'worse' : 'better';
  return margin !== null && low > -margin && high < margin ? 'equivalent' : 'no difference seen';
}

function rowsOf(epochs: readonly EpochPair[], arm: 'candidate' | 'baseline'): number {
  return epochs.reduce((rows, epoch) => rows + totalOf(epoch[arm].n), 0);
}

import type { RiskComparison, RiskMetric } from '@coppice/contract';
import { bucketsWithData, type EpochPair, totalOf } from '@coppice/statistics/bucketed';
import { enoughBinary, enoughEvents } from '@coppice/statistics/enough-data';
import { meanDifference } from '@coppice/statistics/mean-difference';
import { RATIO_LIMITS, type RelativeRisk, relativeRisk } from '@coppice/statistics/relative-risk';
import { withinShares } from '@coppice/statistics/within-shares';
import { type Latencies, slowEpochs } from './compare-latency.ts';
import { hasBoth, meansOf } from './epoch-means.ts';
import { limitMs } from './slow-limit.ts';

type Options = {
  alpha: number;
  /** Rates that differ by less are equivalent; null: none are. */
  margin: number | null;
  /** A check forbids to name a winner. */
  withheld: boolean;
};
type RiskVerdict = RiskComparison['verdict'];

/** Compares how often requests are not answered: section "Errors and slow" of the specification of experiments. */
export function compareErrors(all: readonly EpochPair[], options: Options): RiskComparison {
  const { alpha } = options;
  const epochs = comparable(all, (epoch) => epoch);
  const risk = riskOf(epochs, alpha);
  return reportOf('errors', epochs, risk, options, { harmLogE: risk.harmLogE, limit: null }, () => {
    if (risk.logE < -Math.log(alpha)) return 'no difference seen';
    return (risk.ratio ?? 1) > 1 ? 'worse' : 'better';
  });
}

/**
 * Compares how often answers are slower than the upper edge of the bucket `limit`. A difference of less than the tolerance
 * (19 %) is none: for `worse` the candidate, for `better` the baseline may be so much slower, each at half of alpha.
 */
export function compareSlow(latencies: Latencies, limit: number | null, options: Options): RiskComparison {
  if (limit === null)
    return reportOf('slow', [], riskOf([], options.alpha), options, { harmLogE: 0, limit }, () => 'nothing seen');
  const { alpha } = options;
  const counted = comparable(slowEpochs(latencies, limit), ({ candidate, baseline }) => {
    return { candidate: candidate.slow, baseline: baseline.slow };
  });
  const epochs = counted.map(({ candidate, baseline }) => ({ candidate: candidate.slow, baseline: baseline.slow }));
  const harm = riskOf(
    counted.map(({ candidate, baseline }) => ({ candidate: candidate.tooSlow, baseline: baseline.slow })),
    alpha,
  );
  const benefit = riskOf(
    counted.map(({ candidate, baseline }) => ({ candidate: baseline.tooSlow, baseline: candidate.slow })),
    alpha,
  );
  const evident = Math.log(2 / alpha);
  return reportOf('slow', epochs, riskOf(epochs, alpha), options, { harmLogE: harm.harmLogE, limit }, () => {
    if (harm.harmLogE >= evident) return 'worse';
    return benefit.harmLogE >= evident ? 'better' : 'no difference seen';
  });
}

function reportOf(
  metric: RiskMetric,
  epochs: readonly EpochPair[],
  risk: RelativeRisk,
  { alpha, margin, withheld }: Options,
  { harmLogE, limit }: { harmLogE: number; limit: number | null },
  judge: () => RiskVerdict,
): RiskComparison {
  const { events } = risk;
  const difference = enoughBinary(epochs) ? meanDifference(epochs, { alpha }) : null;
  const seen = gated(epochs, events, judge);
  const judged = seen !== 'not enough data' && seen !== 'nothing seen';
  const within = margin !== null && difference?.interval.every((end) => Math.abs(end) < margin);
  const verdict = seen === 'no difference seen' && within ? 'equivalent' : seen;
  const rates = meansOf(epochs);
  return {
    ...{ metric, good: 'low', margin },
    verdict: withheld && (verdict === 'better' || verdict === 'worse') ? 'withheld' : verdict,
    baseline: { n: requestsOf(epochs, 'baseline'), events: events.baseline, rate: rates?.baseline ?? null },
    candidate: { n: requestsOf(epochs, 'candidate'), events: events.candidate, rate: rates?.candidate ?? null },
    ratio: judged ? withinLimits(risk.ratio) : null,
    ratio_interval: judged ? risk.interval : null,
    difference: difference?.effect ?? null,
    difference_interval: difference && [withinShares(difference.interval[0]), withinShares(difference.interval[1])],
    design_effect: events.candidate + events.baseline === 0 ? null : risk.designEffect,
    log_e: risk.logE,
    harm_log_e: harmLogE,
    limit_ms: limit === null ? null : limitMs(limit),
  };
}

/** More events of either version may be evidence against that one; few are none. */
function gated(epochs: readonly EpochPair[], events: RelativeRisk['events'], judge: () => RiskVerdict): RiskVerdict {
  if (!epochs.some(hasBoth)) return 'not enough data';
  if (events.candidate + events.baseline === 0) return 'nothing seen';
  const slices = bucketsWithData(epochs);
  if (!enoughEvents(Math.max(events.candidate, events.baseline), slices)) return 'not enough data';
  const verdict = judge();
  const against = verdict === 'worse' ? events.candidate : events.baseline;
  return verdict === 'no difference seen' || enoughEvents(against, slices) ? verdict : 'no difference seen';
}

function riskOf(epochs: readonly EpochPair[], alpha: number): RelativeRisk {
  return relativeRisk(
    epochs.map(({ candidate, baseline }) => ({
      ...{ candidate: candidate.sum, baseline: baseline.sum },
      share: shareOf(totalOf(candidate.n), totalOf(baseline.n)),
    })),
    { alpha, buckets: bucketsWithData(epochs) },
  );
}

/** The epochs in which both versions have requests; all of them if there is none: they are counted, and compare nothing. */
function comparable<T>(epochs: readonly T[], pairOf: (epoch: T) => EpochPair): readonly T[] {
  const both = epochs.filter((epoch) => hasBoth(pairOf(epoch)));
  return both.length > 0 ? both : epochs;
}

/** Null where one version had no event: how many times the risk is then open. */
function withinLimits(ratio: number | null): number | null {
  return ratio !== null && ratio > RATIO_LIMITS[0] * 1.001 && ratio < RATIO_LIMITS[1] / 1.001 ? ratio : null;
}

function requestsOf(epochs: readonly EpochPair[], arm: 'candidate' | 'baseline'): number {
  return epochs.reduce((requests, epoch) => requests + totalOf(epoch[arm].n), 0);
}

const shareOf = (t: number, c: number) => (t + c === 0 ? 0 : t / (t + c));

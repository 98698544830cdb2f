import type { RiskComparison, RiskMetric } from '@coppice/contract';
import { bucketsWithData, type EpochPair, totalOf } from '@coppice/statistics/bucketed';
import { enoughBinary, enoughEvents } from '@coppice/statistics/enough-data';
import { meanDifference } from '@coppice/statistics/mean-difference';
import { RATIO_LIMITS, type RelativeRisk, relativeRisk } from '@coppice/statistics/relative-risk';

type Options = {
  metric: RiskMetric;
  alpha: number;
  /** A check forbids to name a winner. */
  withheld: boolean;
  /** See `RiskComparison`. */
  limitMs: number | null;
};

/** Compares the rates of rare events per request: section "Errors and slow" of the specification of experiments. */
export function compareRisk(epochs: readonly EpochPair[], options: Options): RiskComparison {
  const { metric, alpha, withheld, limitMs } = options;
  const risk = relativeRisk(
    epochs.map(({ candidate, baseline }) => ({
      ...{ candidate: candidate.sum, baseline: baseline.sum },
      share: shareOf(totalOf(candidate.n), totalOf(baseline.n)),
    })),
    { alpha, buckets: bucketsWithData(epochs) },
  );
  const difference = enoughBinary(epochs) ? meanDifference(epochs, { alpha }) : null;
  const { events } = risk;
  const verdict = verdictOf(epochs, risk, alpha);
  const judged = verdict !== 'not enough data' && verdict !== 'nothing seen';
  return {
    ...{ metric, good: 'low' },
    verdict: withheld && (verdict === 'better' || verdict === 'worse') ? 'withheld' : verdict,
    baseline: { n: requestsOf(epochs, 'baseline'), events: events.baseline },
    candidate: { n: requestsOf(epochs, 'candidate'), events: events.candidate },
    ratio: judged ? withinLimits(risk.ratio) : null,
    ratio_interval: judged ? risk.interval : null,
    difference: difference?.effect ?? null,
    difference_interval: difference?.interval ?? null,
    design_effect: events.candidate + events.baseline === 0 ? null : risk.designEffect,
    log_e: risk.logE,
    harm_log_e: risk.harmLogE,
    limit_ms: limitMs,
  };
}

function verdictOf(epochs: readonly EpochPair[], { events, ratio, logE }: RelativeRisk, alpha: number) {
  const slices = bucketsWithData(epochs);
  if (requestsOf(epochs, 'candidate') === 0 || requestsOf(epochs, 'baseline') === 0) return 'not enough data';
  if (ratio === null) return 'nothing seen';
  // more events of either version may be evidence against that one
  if (!enoughEvents(Math.max(events.candidate, events.baseline), slices)) return 'not enough data';
  const [evident, of] = [logE >= -Math.log(alpha), ratio > 1 ? events.candidate : events.baseline];
  if (!evident || !enoughEvents(of, slices)) return 'no difference seen';
  return ratio > 1 ? 'worse' : 'better';
}

/** Null where one version had no event: how many times the risk is then open. */
function withinLimits(ratio: number | null): number | null {
  return ratio !== null && ratio > RATIO_LIMITS[0] * 1.001 && ratio < RATIO_LIMITS[1] / 1.001 ? ratio : null;
}

function requestsOf(epochs: readonly EpochPair[], arm: 'candidate' | 'baseline'): number {
  return epochs.reduce((requests, epoch) => requests + totalOf(epoch[arm].n), 0);
}

const shareOf = (t: number, c: number) => (t + c === 0 ? 0 : t / (t + c));

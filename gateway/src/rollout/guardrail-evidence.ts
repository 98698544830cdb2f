import { type GuardrailName, type GuardrailView, guardrails, type RolloutState } from '@coppice/contract';
import {
  BUCKETS,
  type Bucketed,
  bucketsWithData,
  type EpochPair,
  emptyBucketed,
  totalOf,
} from '@coppice/statistics/bucketed';
import { sequencePValue } from '@coppice/statistics/confidence-sequence';
import { enoughBinary, enoughEvents, enoughOutcome } from '@coppice/statistics/enough-data';
import { LATENCY_BUCKETS } from '@coppice/statistics/latency-buckets';
import { SLOW_TOLERANCE } from '@coppice/statistics/latency-ratio';
import { meanDifference, oneSidedBounds } from '@coppice/statistics/mean-difference';
import { rateBelowLogE } from '@coppice/statistics/rate-below';
import { type RelativeRisk, relativeRisk } from '@coppice/statistics/relative-risk';
import { sampleRatioLogE } from '@coppice/statistics/sample-ratio';
import { withinShares } from '@coppice/statistics/within-shares';
import type { CellMetric, EpochCells } from '../storage/port/comparison-store.ts';
import type { Evidence } from './evidence.ts';
import { guardrailSentence } from './rollout-words.ts';

const ALPHA = 0.05;
/** A rate of errors that is higher by less than this, and an accuracy that is lower by less, are no harm before 100 %. */
const MORE_ERRORS = 0.01;
const LESS_ACCURACY = 0.02;
const RATIO_ALARM = Math.log(1000);
const FEEDBACK_ALARM = Math.log(20);

type Settings = {
  /** Index of the latency bucket above which an answer of the baseline is slow; null until it is known. */
  slowLimit: number | null;
  outcomeGood: 'high' | 'low';
};

/**
 * What the cells of a rollout's periods show. Epochs count in which the pair served the releases that the rollout is about;
 * others never mix with them.
 */
export function guardrailEvidence(rollout: RolloutState, epochs: readonly EpochCells[], settings: Settings): Evidence {
  const { version, baseline, releases, step_period, checks_period } = rollout;
  const own = epochs.filter(
    (epoch) =>
      epoch.period >= rollout.period &&
      (epoch.releases[version] ?? null) === releases.candidate &&
      (epoch.releases[baseline] ?? null) === releases.baseline,
  );
  const pairs = (metric: CellMetric) => own.map((epoch) => pairOf(epoch, metric, rollout));
  const limit = Math.log(rollout.guardrails.length / ALPHA);
  const alpha = ALPHA / rollout.guardrails.length;
  const errors = pairs('errors');
  const accuracy = pairs('accuracy');
  const see: Record<GuardrailName, () => Sight> = {
    errors: () => seeRisk(errors, alpha),
    slow: () =>
      seeRisk(
        settings.slowLimit === null ? [] : own.map((epoch) => slowPair(epoch, rollout, settings.slowLimit as number)),
        alpha,
      ),
    accuracy: () => seeMean(accuracy, alpha, 'high', enoughBinary),
    outcome: () => seeMean(pairs('outcome'), alpha, settings.outcomeGood, enoughOutcome),
  };
  const sights = new Map(rollout.guardrails.map((name) => [name, see[name]()]));
  const assigned = own.filter(({ period }) => period >= step_period).map((epoch) => pairOf(epoch, 'assigned', rollout));
  return {
    guardrails: [...sights].map(([name, sight]) => viewOf(name, sight, limit, rollout)),
    checks: {
      sample_ratio: alarmFrom(
        RATIO_ALARM,
        own.filter(({ period }) => period >= checks_period).flatMap((epoch) => assignedBy(epoch, rollout)),
      ),
      feedback: alarmFrom(
        FEEDBACK_ALARM,
        own.flatMap((epoch) => feedbackOf(epoch, rollout)),
      ),
    },
    early: [...sights].flatMap(([name, { early }]) => (early >= limit ? [name] : [])),
    stepRequests: assigned.reduce((sum, { candidate }) => sum + totalOf(candidate.n), 0),
    failed: errors.reduce((sum, { candidate }) => sum + totalOf(candidate.sum), 0),
    proven: {
      errors: sights.has('errors') ? errorsProven(errors, sights.get('errors') as Sight, limit) : null,
      accuracy: accuracyProven(accuracy, sights.get('accuracy'), limit),
    },
  };
}

type Sight = Pick<GuardrailView, 'candidate' | 'baseline' | 'difference' | 'low' | 'high' | 'n'> & {
  logE: number | null;
  /** Evidence for harm while requests are in too few slices of time to judge by it; else 0. */
  early: number;
  /** Above 0 where the candidate is worse. */
  harm: number;
  risk: RelativeRisk | null;
};

function viewOf(name: GuardrailName, sight: Sight, limit: number, { version, baseline }: RolloutState): GuardrailView {
  const { logE, early: _, harm, risk: __, ...seen } = sight;
  const figures =
    name === 'outcome'
      ? seen
      : { ...seen, low: seen.low && withinShares(seen.low), high: seen.high && withinShares(seen.high) };
  const violated = logE !== null && logE >= limit && harm > 0 && harm >= guardrails[name].least;
  const status = logE === null ? 'not enough data' : violated ? 'violated' : 'ok';
  const view = { name, status, log_e: logE, limit, ...figures } as const;
  return { ...view, words: guardrailSentence(view, version, baseline) };
}

/** Rates of events per request: the exact test for harm, and the difference with its ends. */
function seeRisk(epochs: readonly EpochPair[], alpha: number): Sight {
  const both = epochs.filter(hasBoth);
  const risk = relativeRisk(
    both.map(({ candidate, baseline }) => {
      const n = totalOf(candidate.n);
      return { candidate: candidate.sum, baseline: baseline.sum, share: n / (n + totalOf(baseline.n)) };
    }),
    { alpha, buckets: bucketsWithData(both) },
  );
  const figures = differenceOf(epochs, alpha);
  const enough = enoughEvents(risk.events.candidate, bucketsWithData(both));
  const early = !enough && enoughEvents(risk.events.candidate, BUCKETS) ? risk.harmLogE : 0;
  return { ...figures, logE: enough ? risk.harmLogE : null, early, harm: figures.difference ?? 0, risk };
}

/** Means per row with feedback. */
function seeMean(
  epochs: readonly EpochPair[],
  alpha: number,
  good: 'high' | 'low',
  isEnough: (epochs: readonly EpochPair[]) => boolean,
): Sight {
  const figures = differenceOf(epochs, alpha);
  const difference = isEnough(epochs.filter(hasBoth)) ? meanDifference(epochs, { alpha }) : null;
  if (!difference) return { ...figures, low: null, high: null, logE: null, early: 0, harm: 0, risk: null };
  const { effect, standardError, h, designEffect } = difference;
  const harm = good === 'high' ? -effect : effect;
  const p = sequencePValue(effect / standardError, h / designEffect);
  // one-sided, hence the doubled evidence; 1e-300: its logarithm must be finite
  return { ...figures, harm, early: 0, logE: harm > 0 ? Math.log(2) - Math.log(Math.max(p, 1e-300)) : 0, risk: null };
}

/** Rates or means of both versions with each epoch weighted alike, and the ends of their difference. */
function differenceOf(epochs: readonly EpochPair[], alpha: number): Omit<Sight, 'logE' | 'early' | 'harm' | 'risk'> {
  let [h, candidate, baseline] = [0, 0, 0];
  const n = { candidate: 0, baseline: 0 };
  for (const epoch of epochs) {
    const [nT, nC] = [totalOf(epoch.candidate.n), totalOf(epoch.baseline.n)];
    n.candidate += nT;
    n.baseline += nC;
    if (!hasBoth(epoch)) continue;
    const weight = (nT * nC) / (nT + nC);
    h += weight;
    candidate += (weight * totalOf(epoch.candidate.sum)) / nT;
    baseline += (weight * totalOf(epoch.baseline.sum)) / nC;
  }
  if (h === 0) return { candidate: null, baseline: null, difference: null, low: null, high: null, n };
  const difference = meanDifference(epochs, { alpha });
  const [low, high] = difference ? oneSidedBounds(difference, alpha) : [null, null];
  return { candidate: candidate / h, baseline: baseline / h, difference: (candidate - baseline) / h, low, high, n };
}

/** The rate of errors is higher by less than 1 point; with few errors, it is below 1 % itself. */
function errorsProven(epochs: readonly EpochPair[], { high, n, risk }: Sight, limit: number): boolean {
  if (enoughBinary(epochs.filter(hasBoth))) return high !== null && high < MORE_ERRORS;
  const events = epochs.reduce((sum, { candidate }) => sum + totalOf(candidate.sum), 0);
  return rateBelowLogE(events, n.candidate, MORE_ERRORS, risk?.designEffect ?? 1) >= limit;
}

/** Accuracy is lower by less than 2 points; with few wrong rows, less than 2 % of the candidate's are. */
function accuracyProven(epochs: readonly EpochPair[], sight: Sight | undefined, limit: number): boolean | null {
  const rows = epochs.reduce((sum, { candidate, baseline }) => sum + totalOf(candidate.n) + totalOf(baseline.n), 0);
  if (!sight || rows === 0) return null;
  if (enoughBinary(epochs.filter(hasBoth))) return sight.low !== null && sight.low > -LESS_ACCURACY;
  const wrong = epochs.reduce((sum, { candidate }) => sum + totalOf(candidate.n) - totalOf(candidate.sum), 0);
  return rateBelowLogE(wrong, sight.n.candidate, LESS_ACCURACY) >= limit;
}

type Pair = Pick<RolloutState, 'version' | 'baseline'>;
type Counts = Parameters<typeof sampleRatioLogE>[0][number];

/** Requests by user against the share that the weights give. */
function assignedBy(epoch: EpochCells, pair: Pair): Counts[] {
  const { candidate, baseline } = pairOf(epoch, 'assigned', pair);
  const [wT, wC] = [epoch.weights[pair.version] ?? 0, epoch.weights[pair.baseline] ?? 0];
  return wT > 0 && wC > 0 ? [{ candidate: candidate.n, baseline: baseline.n, share: wT / (wT + wC) }] : [];
}

/** Rows with feedback against the share of answered rows. */
function feedbackOf(epoch: EpochCells, pair: Pair): Counts[] {
  const answered = pairOf(epoch, 'answered', pair);
  const { candidate, baseline } = pairOf(epoch, 'accuracy', pair);
  const [nT, nC] = [totalOf(answered.candidate.n), totalOf(answered.baseline.n)];
  return nT > 0 && nC > 0 ? [{ candidate: candidate.n, baseline: baseline.n, share: nT / (nT + nC) }] : [];
}

function alarmFrom(limit: number, counts: readonly Counts[]): { alarm: boolean; log_e: number } {
  const { logE } = sampleRatioLogE(counts);
  return { alarm: logE >= limit, log_e: logE };
}

function pairOf(epoch: EpochCells, metric: CellMetric, { version, baseline }: Pair): EpochPair {
  const of = (name: string): Bucketed =>
    epoch.cells.find((cell) => cell.metric === metric && cell.version === name) ?? emptyBucketed();
  return { candidate: of(version), baseline: of(baseline) };
}

/** Answers by slice of time; an event is one that is slower than the limit, for the candidate by 19 % more. */
function slowPair(epoch: EpochCells, { version, baseline }: Pair, limit: number): EpochPair {
  return { candidate: slowOf(epoch, version, limit + SLOW_TOLERANCE), baseline: slowOf(epoch, baseline, limit) };
}

function slowOf({ latencies }: EpochCells, version: string, limit: number): Bucketed {
  const counted = emptyBucketed();
  const counts = latencies.find((one) => one.version === version)?.counts;
  if (!counts) return counted;
  for (let slice = 0; slice < BUCKETS; slice++) {
    let [n, slow] = [0, 0];
    for (let bucket = 0; bucket < LATENCY_BUCKETS; bucket++) {
      const count = counts[slice * LATENCY_BUCKETS + bucket] as number;
      n += count;
      if (bucket > limit) slow += count;
    }
    counted.n[slice] = n;
    counted.sum[slice] = slow;
    counted.squares[slice] = slow;
  }
  return counted;
}

function hasBoth({ candidate, baseline }: EpochPair): boolean {
  return totalOf(candidate.n) > 0 && totalOf(baseline.n) > 0;
}

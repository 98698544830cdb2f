import {
  type CandidateComparison,
  type ComparedMetricName,
  type ComparisonReport,
  comparedMetrics,
  type MeanMetric,
  meanMetrics,
  type RiskMetric,
} from '@coppice/contract';
import type { EpochCells } from '../storage/port/comparison-store.ts';
import { compareP95, latenciesOf } from './compare-latency.ts';
import { compareMean } from './compare-mean.ts';
import { compareErrors, compareSlow } from './compare-risk.ts';
import { candidateWords } from './comparison-words.ts';
import { checkFeedback, checkSampleRatio, feedbackRates, tippingPointOf } from './pair-checks.ts';
import { type Pair, type PairEpoch, pairEpochs, type Releases } from './pair-epochs.ts';
import { pairedProof } from './paired-proof.ts';

export type FirstVerdict = CandidateComparison['first'][number];

/** What is compared, and how. */
export type ComparisonPlan = {
  /** Name of the experiment, or null. */
  experiment: string | null;
  baseline: string;
  candidates: readonly string[];
  releases: Releases;
  /** Of the whole comparison. */
  alpha: number;
  /** What it is about, and which difference of that is equivalent or is to show. */
  metric: ComparedMetricName;
  margin: number | null;
  effect: number;
  /** Which outcomes are good. */
  outcomeGood: 'high' | 'low';
  /** Latency bucket above which an answer of the baseline is slow; null while it is not known. Slow answers may be left out. */
  slowLimit: number | null | 'left out';
  /** The verdicts kept of a candidate. */
  first: (candidate: string) => readonly FirstVerdict[];
  /** What a reader has to know. */
  notes: readonly string[];
};

const OTHER_RELEASES = 'What versions answered with other releases is left out.';

/** The margin of accuracy unless an experiment names one, and the difference that is to show. */
export const ACCURACY_MARGIN = 0.02;
export const ACCURACY_EFFECT = 0.02;

/**
 * Compares each candidate with the baseline over `epochs`, from their cells alone. `from`: when the comparison began;
 * `now`: milliseconds since the epoch, both.
 */
export function compareVersions(
  plan: ComparisonPlan,
  epochs: readonly EpochCells[],
  { from, now }: { from: number; now: number },
): ComparisonReport {
  const { experiment, baseline, candidates, releases, alpha, notes } = plan;
  const pairs = candidates.map((candidate) => pairEpochs(epochs, { candidate, baseline }, releases));
  const used = epochs.filter(({ id }) => pairs.some((pair) => pair.some((epoch) => epoch.id === id)));
  return {
    experiment,
    since: iso(used.length > 0 ? Math.min(...used.map(({ started }) => started)) : Math.min(from || now, now)),
    until: iso(now),
    ...{ alpha, baseline },
    epochs: used.map(({ started, weights, releases: served }) => {
      return { since: iso(started), weights: { ...weights }, releases: { ...served } };
    }),
    candidates: candidates.map((candidate, i) =>
      compareCandidate(plan, { candidate, baseline }, pairs[i] as PairEpoch[], now),
    ),
    notes: used.length < epochs.length ? [...notes, OTHER_RELEASES] : [...notes],
  };
}

function compareCandidate(
  plan: ComparisonPlan,
  pair: Pair,
  epochs: readonly PairEpoch[],
  now: number,
): CandidateComparison {
  const { candidates, releases, metric: about, effect, slowLimit, first } = plan;
  const alpha = plan.alpha / candidates.length;
  const sampleRatio = checkSampleRatio(epochs, candidates.length);
  const skewed = sampleRatio.status === 'alarm';
  const feedback = checkFeedback(epochs);
  const means = meanMetrics
    .filter((metric) => metric === 'accuracy' || isCounted(epochs, metric))
    .map((metric) =>
      compareMean(epochs, {
        ...{ metric, alpha, now },
        good: comparedMetrics[metric].good ?? plan.outcomeGood,
        margin: metric === about ? plan.margin : metric === 'accuracy' ? ACCURACY_MARGIN : null,
        effect: metric === about ? effect : metric === 'accuracy' ? ACCURACY_EFFECT : null,
        withheld: skewed || feedback.status === 'alarm',
      }),
    );
  const errors = epochs.map(({ candidate, baseline }) => {
    return { candidate: candidate.metric('errors'), baseline: baseline.metric('errors') };
  });
  const limit = slowLimit === 'left out' ? null : slowLimit;
  const latencies = latenciesOf(limit === null ? [] : epochs);
  const accuracy = means.find(({ metric }) => metric === 'accuracy');
  const riskOptions = (metric: RiskMetric) => {
    return { alpha, margin: metric === about ? plan.margin : null, withheld: skewed };
  };
  const compared = {
    version: pair.candidate,
    release: releases[pair.candidate] ?? null,
    alpha,
    means,
    risks: [
      compareErrors(errors, riskOptions('errors')),
      ...(slowLimit === 'left out' ? [] : [compareSlow(latencies, limit, riskOptions('slow'))]),
    ],
    p95: limit === null ? null : compareP95(latencies, limit, alpha),
    checks: {
      sample_ratio: sampleRatio,
      feedback: {
        ...feedback,
        tipping_point: tippingPointOf(accuracy?.effect ?? null, { rates: feedbackRates(epochs, 'accuracy') }),
      },
    },
    paired: pairedProof(epochs, pair, alpha),
    first: [...first(pair.candidate)],
  };
  return { ...compared, words: candidateWords(compared, { baseline: pair.baseline, about }) };
}

function isCounted(epochs: readonly PairEpoch[], metric: MeanMetric): boolean {
  return epochs.some(({ candidate, baseline }) =>
    [candidate, baseline].some((arm) => arm.metric(metric).n.some((n) => n > 0)),
  );
}

const iso = (time: number) => new Date(time).toISOString();

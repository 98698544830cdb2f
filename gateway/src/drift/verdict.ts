import type { DriftReport, FeatureDrift } from '@coppice/contract';

type Judged = Pick<FeatureDrift, 'feature' | 'drifted' | 'mean_shift' | 'std_ratio'>;

/** A feature's drift in words, by what changed most: its mean, its spread, or neither. */
export function featureVerdict({ feature, drifted, mean_shift, std_ratio }: Judged): string {
  if (!drifted) return `${feature} is like the training data`;
  if (mean_shift === null || std_ratio === null) return `${feature} no longer has its constant training value`;
  const distance = Math.abs(mean_shift);
  if (distance >= 0.3 && distance >= Math.abs(Math.log2(std_ratio)) / 2)
    return `${feature} is ${round(distance)} σ ${mean_shift > 0 ? 'above' : 'below'} its training mean`;
  if (std_ratio >= 1.25 || std_ratio <= 0.8)
    return `${feature} has ${round(std_ratio)} times the spread it had in training`;
  return `${feature} has a different distribution than in training`;
}

/** The class mix in words, by the class whose share moved most. */
export function classVerdict(
  mix: readonly { class: string; training: number; now: number }[],
  drifted: boolean,
): string {
  if (!drifted) return 'the class mix is like the training data';
  const moved = mix.reduce((most, item) =>
    Math.abs(item.now - item.training) > Math.abs(most.now - most.training) ? item : most,
  );
  return `${moved.class} is ${percent(moved.now)} of predictions, ${percent(moved.training)} of the training data`;
}

type Overall = Pick<DriftReport, 'score' | 'threshold' | 'samples' | 'samples_missing' | 'min_samples'> & {
  features: readonly Pick<FeatureDrift, 'drifted' | 'verdict'>[];
  prediction: { drifted: boolean; verdict: string } | null;
};

/** The whole report in one sentence. */
export function overallVerdict(report: Overall): string {
  const { score, threshold, features, prediction, samples, samples_missing, min_samples } = report;
  if (samples_missing > 0 || score === null) return `not ready: ${samples} of ${min_samples} predictions needed`;
  const found = features.filter((feature) => feature.drifted).map((feature) => feature.verdict);
  if (prediction?.drifted) found.push(prediction.verdict);
  if (score > threshold) found.push(`the score ${score.toFixed(2)} is above ${threshold}`);
  if (found.length === 0) return `no drift in the last ${samples} predictions`;
  return `drift: ${found.join('; ')}`;
}

/** Two significant digits, without an exponent for everyday sizes. */
const round = (value: number): string => String(Number(value.toPrecision(2)));
const percent = (share: number): string => `${Math.round(100 * share)} %`;

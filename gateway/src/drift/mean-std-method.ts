import { hasFigures } from './compared.ts';
import type { DriftMethod } from './drift-method.ts';
import { driftScore, featurePart } from './score.ts';
import type { Tested } from './significance.ts';
import { valuesPart } from './values-mix.ts';

/** Of fewer present values, mean and spread are mostly chance. */
const LEAST_PRESENT = 30;

/**
 * A feature's part of the overall score, clamped to 0–1: of mean and spread for figures, of shares for values. When the
 * score is above its threshold, the features whose part is above it too have drifted: there is always one, so that a
 * verdict by the score names its cause.
 */
export const meanStdMethod: DriftMethod<'mean_std'> = (features, { threshold }) => {
  const parts = features.map(partOf);
  const alarm = driftScore(parts) > threshold;
  return parts.map((part) =>
    part === null ? null : { result: Math.min(1, part), drifted: alarm && part > threshold },
  );
};

/** A feature's part of the score, not clamped; null with too few present values. */
export function partOf(feature: Tested): number | null {
  if (!hasFigures(feature)) return valuesPart(feature);
  const { reference, seen } = feature;
  return seen.sorted.length < LEAST_PRESENT && seen.missing > 0 ? null : featurePart(seen.sorted, reference);
}

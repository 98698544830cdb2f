import type { DriftMethod } from './drift-method.ts';
import { driftScore, featurePart } from './score.ts';

/**
 * A feature's part of the overall score, clamped to 0–1. When the score is above its threshold, the features whose part is
 * above it too have drifted: there is always one, so that a verdict by the score names its cause.
 */
export const meanStdMethod: DriftMethod<'mean_std'> = (references, columns, { threshold }) => {
  const parts = references.map((reference, i) => featurePart(columns[i] as readonly number[], reference));
  const alarm = driftScore(parts) > threshold;
  return parts.map((part) => ({ result: Math.min(1, part), drifted: alarm && part > threshold }));
};

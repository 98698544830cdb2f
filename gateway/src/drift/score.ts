import type { Moments } from '@coppice/statistics/moments';

/**
 * One feature's part of the drift score: (A + B) / 2 with A = |mean_now − mean_train| / std_train and
 * B = |std_now − std_train| / std_train, not clamped. A feature that is constant in training counts 0 while it equals
 * the constant, else 1.
 */
export function featureScore(now: Moments, training: Moments): number {
  if (training.std === 0) return now.mean === training.mean && now.std === 0 ? 0 : 1;
  const a = Math.abs(now.mean - training.mean) / training.std;
  const b = Math.abs(now.std - training.std) / training.std;
  return (a + b) / 2;
}

/** The drift score, 0–1: the mean of the features' parts, clamped. */
export function driftScore(parts: readonly number[]): number {
  let sum = 0;
  for (const part of parts) sum += part;
  return Math.min(1, sum / parts.length);
}

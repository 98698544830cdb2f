import { binShares, populationStability, psiThreshold } from '@coppice/statistics/population-stability';
import { ALARM_LEVEL } from './alarm-level.ts';
import { type Compared, hasFigures } from './compared.ts';
import type { DriftMethod } from './drift-method.ts';
import { testedMix } from './values-mix.ts';

/**
 * Population stability index over the training deciles of figures, or over values with missing, and rare and unseen ones;
 * with the threshold that follows from the sample sizes.
 */
export const psiMethod: DriftMethod<'psi'> = (features) =>
  features.map((feature) => {
    const { expected, actual, n, m } = sharesOf(feature);
    if (m === 0) return null;
    // an empty bin counts as half a row: with the customary 1e-4, a bin that is empty by chance raises the alarm
    const value = populationStability(expected, actual, 0.5 / m);
    const level = ALARM_LEVEL / features.length;
    const threshold = psiThreshold(n, m, expected.length, level);
    return { result: { value, threshold }, drifted: value > threshold };
  });

/** Shares of the reference and of now, and how many rows they are of. */
function sharesOf(feature: Compared): { expected: number[]; actual: number[]; n: number; m: number } {
  if (hasFigures(feature)) {
    const { reference, seen } = feature;
    const m = seen.sorted.length;
    return {
      expected: reference.shares,
      actual: binShares(reference.edges, seen.sorted),
      n: reference.sample.length,
      m,
    };
  }
  const { training, now } = testedMix(feature);
  const cells = training.map((count, i) => [count, now[i] as number] as const).filter(([a, b]) => a + b > 0);
  const n = cells.reduce((sum, [count]) => sum + count, 0);
  const m = feature.seen.rows;
  return { expected: cells.map(([count]) => count / n), actual: cells.map(([, count]) => count / m), n, m };
}

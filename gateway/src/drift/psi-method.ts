import { binShares, populationStability, psiThreshold } from '@coppice/statistics/population-stability';
import { ALARM_LEVEL } from './alarm-level.ts';
import type { DriftMethod } from './drift-method.ts';

/** Population stability index over the training deciles, with the threshold that follows from the sample sizes. */
export const psiMethod: DriftMethod<'psi'> = (references, columns) =>
  references.map(({ sample, edges, shares }, i) => {
    const column = columns[i] as readonly number[];
    // an empty bin counts as half a row: with the customary 1e-4, a bin that is empty by chance raises the alarm
    const value = populationStability(shares, binShares(edges, column), 0.5 / column.length);
    const level = ALARM_LEVEL / references.length;
    const threshold = psiThreshold(sample.length, column.length, shares.length, level);
    return { result: { value, threshold }, drifted: value > threshold };
  });

import { binShares, populationStability, psiThreshold } from '@coppice/statistics/population-stability';
import { ALARM_LEVEL } from './alarm-level.ts';
import type { DriftMethod } from './drift-method.ts';

/** Population stability index over the training deciles, against the threshold that the sample sizes give. */
export const psiMethod: DriftMethod<'psi'> = (references, columns) =>
  references.map(({ sample, edges, shares }, i) => {
    const column = columns[i] as readonly number[];
    // half a row stands for an empty bin: with the customary 1e-4 one bin that stays empty by chance is an alarm
    const value = populationStability(shares, binShares(edges, column), 0.5 / column.length);
    const level = ALARM_LEVEL / references.length;
    const threshold = psiThreshold(sample.length, column.length, shares.length, level);
    return { result: { value, threshold }, drifted: value > threshold };
  });

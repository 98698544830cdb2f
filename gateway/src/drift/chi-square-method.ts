import { ALARM_LEVEL } from './alarm-level.ts';
import { hasFigures } from './compared.ts';
import type { DriftMethod } from './drift-method.ts';

/** χ² test of homogeneity of categories and booleans, with p-values adjusted over all tests (`significance.ts`). */
export const chiSquareMethod: DriftMethod<'chi_square'> = (features) =>
  features.map((feature) => {
    const test = hasFigures(feature) ? null : feature.tests.distribution;
    return test && { result: test, drifted: test.p_adjusted < ALARM_LEVEL };
  });

import { ALARM_LEVEL } from './alarm-level.ts';
import { hasFigures } from './compared.ts';
import type { DriftMethod } from './drift-method.ts';

/** Two-sample Kolmogorov–Smirnov test of numbers and dates, with p-values adjusted over all tests (`significance.ts`). */
export const ksMethod: DriftMethod<'ks'> = (features) =>
  features.map((feature) => {
    const test = hasFigures(feature) ? feature.tests.distribution : null;
    return test && { result: test, drifted: test.p_adjusted < ALARM_LEVEL };
  });

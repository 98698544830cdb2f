import { benjaminiHochberg } from '@coppice/statistics/benjamini-hochberg';
import { ksTest } from '@coppice/statistics/kolmogorov-smirnov';
import { ALARM_LEVEL } from './alarm-level.ts';
import type { DriftMethod } from './drift-method.ts';

/** Two-sample Kolmogorov–Smirnov test, p-values adjusted over the features by Benjamini and Hochberg. */
export const ksMethod: DriftMethod<'ks'> = (references, columns) => {
  // compared as 32-bit floats, which some clients send: 0.2 as one is above 0.2, so that ties would count as a shift
  const tests = references.map((reference, i) =>
    ksTest(reference.sample32, (columns[i] as readonly number[]).map(Math.fround)),
  );
  const adjusted = benjaminiHochberg(tests.map((test) => test.pValue));
  return tests.map(({ statistic, pValue }, i) => {
    const p_adjusted = adjusted[i] as number;
    return { result: { statistic, p_value: pValue, p_adjusted }, drifted: p_adjusted < ALARM_LEVEL };
  });
};

import type { DriftReport } from '@coppice/contract';
import { homogeneity } from '@coppice/statistics/chi-square';
import { ALARM_LEVEL } from './alarm-level.ts';
import type { DriftReference } from './reference.ts';
import { classVerdict } from './verdict.ts';

/**
 * Prediction drift: the classes predicted now against the training mix, by a χ² test of homogeneity that knows how few
 * the training rows may be. A forest predicts common classes more often than they occur, which is no drift; so the mix
 * it predicted for the unseen test rows is as good an origin, and the kinder of the two tests counts.
 */
export function classMix({ classes, trainRows }: DriftReference, counts: readonly number[]): DriftReport['prediction'] {
  const against = (shares: readonly number[]) =>
    homogeneity(
      counts,
      shares.map((share) => share * trainRows),
    );
  const tests = [against(classes.map(({ share }) => share))];
  if (classes.every(({ predicted }) => predicted !== null)) tests.push(against(classes.map((c) => c.predicted ?? 0)));
  const { statistic, pValue } = tests.reduce((kindest, test) => (test.pValue > kindest.pValue ? test : kindest));

  const rows = counts.reduce((sum, count) => sum + count, 0);
  const mix = classes.map(({ name, share }, i) => ({ class: name, training: share, now: (counts[i] ?? 0) / rows }));
  const drifted = pValue < ALARM_LEVEL;
  return { drifted, verdict: classVerdict(mix, drifted), classes: mix, chi_square: statistic, p_value: pValue };
}

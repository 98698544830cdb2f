import type { ComparisonReport, DriftReport } from '@coppice/contract';
import { difference, metricTitle } from '../comparison/metric-words.ts';

/** Means whose difference shows that a version is wrong more often than another one. */
const ofTruth = ['accuracy', 'outcome', 'log_loss', 'cost'];

/** The versions that do worse while there is drift, as far as feedback or their own classes show it; none where nothing does. */
export function suffering(
  { prediction }: Pick<DriftReport, 'prediction'>,
  comparison: Pick<ComparisonReport, 'baseline' | 'candidates'> | null,
): { version: string; why: string }[] {
  const found = new Map<string, string>();
  const baseline = comparison?.baseline ?? '';
  for (const { version, means } of comparison?.candidates ?? [])
    for (const { metric, verdict, effect } of means) {
      if (!ofTruth.includes(metric) || (verdict !== 'worse' && verdict !== 'better')) continue;
      const [worse, other, sign] = verdict === 'worse' ? [version, baseline, 1] : [baseline, version, -1];
      if (!found.has(worse))
        found.set(worse, `${metricTitle(metric)} ${difference(metric, sign * (effect ?? 0))} against ${other}`);
    }
  for (const { version, drifted } of prediction?.versions ?? [])
    if (drifted && !found.has(version)) found.set(version, 'it predicts other classes than expected');
  return [...found].map(([version, why]) => ({ version, why }));
}

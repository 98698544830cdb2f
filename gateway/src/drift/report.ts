import type { DriftReport } from '@coppice/contract';
import { classMix } from './class-mix.ts';
import type { DriftConfig } from './drift-config.ts';
import { describeFeatures, judgeFeatures } from './feature-drift.ts';
import type { DriftReference } from './reference.ts';
import { overallVerdict } from './verdict.ts';
import type { DriftWindow } from './window.ts';

/** Judges a window. Costs a sort and two tests per feature: not to be done for each prediction. */
export function driftReport(reference: DriftReference, window: DriftWindow, config: DriftConfig): DriftReport {
  const ready = window.size >= config.minSamples;
  const columns = reference.features.map((_, i) => window.sorted(i));
  const judged = ready
    ? {
        ...judgeFeatures(reference.features, columns),
        prediction: classMix(reference, window.classCounts(reference.classes.length)),
      }
    : { score: null, features: describeFeatures(reference.features, columns), prediction: null };
  const report = {
    ready,
    samples: window.size,
    samples_missing: Math.max(0, config.minSamples - window.size),
    window: config.window,
    min_samples: config.minSamples,
    threshold: config.threshold,
    ...judged,
  };
  return {
    ...report,
    drifted:
      (judged.score ?? 0) > config.threshold ||
      judged.features.some((feature) => feature.drifted) ||
      judged.prediction?.drifted === true,
    verdict: overallVerdict(report),
  };
}

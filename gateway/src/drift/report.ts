import type { DriftReport, FeatureDrift } from '@coppice/contract';
import { ALARM_LEVEL } from './alarm-level.ts';
import { byVersion } from './by-version.ts';
import { classMix, LEAST_ROWS } from './class-mix.ts';
import { compared } from './compared.ts';
import type { DriftConfig } from './drift-config.ts';
import { describeFeatures, judgeFeatures } from './feature-drift.ts';
import type { FeatureReference } from './feature-reference.ts';
import type { DriftReference } from './reference.ts';
import { overallVerdict, predictionVerdict } from './verdict.ts';
import type { DriftWindow } from './window.ts';

/** Judges a window. Costs a sort and two tests per feature: not to be done for each prediction. */
export function driftReport(reference: DriftReference, window: DriftWindow, config: DriftConfig): DriftReport {
  const ready = window.size >= config.minSamples;
  const features = compared(reference.features, window.seen());
  const judged = ready
    ? {
        ...withVersions(judgeFeatures(features, config), reference, window),
        prediction: judgePredictions(reference, window),
      }
    : { score: null, features: describeFeatures(features), prediction: null };
  const report = {
    ready,
    samples: window.size,
    samples_missing: Math.max(0, config.minSamples - window.size),
    window: config.window,
    min_samples: config.minSamples,
    threshold: config.threshold,
    level: ALARM_LEVEL,
    ...judged,
  };
  return {
    ...report,
    since: null,
    drifted: judged.features.some((feature) => feature.drifted) || judged.prediction?.drifted === true,
    verdict: overallVerdict(report),
  };
}

/** Costs a sort for each version, so only of what has drifted. */
function withVersions(
  judged: ReturnType<typeof judgeFeatures>,
  { features }: DriftReference,
  window: DriftWindow,
): ReturnType<typeof judgeFeatures> {
  const add = (feature: FeatureDrift, i: number) =>
    feature.drifted
      ? byVersion(feature, features[i] as FeatureReference, window.versions(), (version) => window.seenOf(i, version))
      : feature;
  return { ...judged, features: judged.features.map(add) };
}

/** The class mix of each version that has enough predictions in the window, and a model card to compare them with. */
function judgePredictions(reference: DriftReference, window: DriftWindow): NonNullable<DriftReport['prediction']> {
  const versions = window.versions().flatMap((version) => {
    const expected = reference.mixOf(version);
    const counts = window.classCounts(reference.classes, version);
    const rows = counts.reduce((sum, count) => sum + count, 0);
    return expected && rows >= LEAST_ROWS ? [classMix(version, expected, counts)] : [];
  });
  return { drifted: versions.some(({ drifted }) => drifted), verdict: predictionVerdict(versions), versions };
}

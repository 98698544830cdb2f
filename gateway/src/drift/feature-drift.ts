import type { FeatureDrift } from '@coppice/contract';
import { benjaminiHochberg } from '@coppice/statistics/benjamini-hochberg';
import { ksTest } from '@coppice/statistics/kolmogorov-smirnov';
import { binShares, populationStability, psiThreshold } from '@coppice/statistics/population-stability';
import { ALARM_LEVEL } from './alarm-level.ts';
import { distribution } from './distribution.ts';
import type { FeatureReference } from './reference.ts';
import { driftScore, featureScore } from './score.ts';
import { featureVerdict } from './verdict.ts';

/** Every feature of a window against its reference. `columns[i]` holds feature i's values, ascending. */
export function judgeFeatures(
  references: readonly FeatureReference[],
  columns: readonly (readonly number[])[],
): { score: number; features: FeatureDrift[] } {
  // compared as 32-bit floats, which some clients send: 0.2 as one is above 0.2, so that ties would count as a shift
  const tests = references.map((reference, i) =>
    ksTest(reference.sample32, (columns[i] as readonly number[]).map(Math.fround)),
  );
  const adjusted = benjaminiHochberg(tests.map((test) => test.pValue));
  const parts: number[] = [];
  const features = references.map((reference, i) => {
    const column = columns[i] as readonly number[];
    const now = distribution(column, reference.card.histogram);
    const part = featureScore(now, reference.moments);
    parts.push(part);
    const { statistic, pValue } = tests[i] as (typeof tests)[number];
    const measured = {
      feature: reference.card.name,
      training: training(reference),
      now,
      ...shifts(now, reference),
      mean_std: Math.min(1, part),
      ks: { statistic, p_value: pValue, p_adjusted: adjusted[i] as number },
      psi: psi(reference, column, references.length),
    };
    const drifted = measured.ks.p_adjusted < ALARM_LEVEL || measured.psi.value > measured.psi.threshold;
    return { ...measured, drifted, verdict: featureVerdict({ ...measured, drifted }) };
  });
  return { score: driftScore(parts), features };
}

/** Features while there are too few rows: nothing is judged, but what there is can be looked at. */
export function describeFeatures(
  references: readonly FeatureReference[],
  columns: readonly (readonly number[])[],
): FeatureDrift[] {
  return references.map((reference, i) => {
    const column = columns[i] as readonly number[];
    return {
      feature: reference.card.name,
      drifted: false,
      verdict: `${reference.card.name} is not judged yet`,
      training: training(reference),
      now: column.length > 0 ? distribution(column, reference.card.histogram) : null,
      mean_shift: null,
      std_ratio: null,
      mean_std: null,
      ks: null,
      psi: null,
    };
  });
}

function training({ card, moments }: FeatureReference): FeatureDrift['training'] {
  return { ...moments, deciles: card.deciles, histogram: card.histogram };
}

/** In units of the training's standard deviation; null for a feature that is constant in training. */
function shifts(
  now: { mean: number; std: number },
  { moments }: FeatureReference,
): Pick<FeatureDrift, 'mean_shift' | 'std_ratio'> {
  if (moments.std === 0) return { mean_shift: null, std_ratio: null };
  return { mean_shift: (now.mean - moments.mean) / moments.std, std_ratio: now.std / moments.std };
}

function psi({ sample, edges, shares }: FeatureReference, column: readonly number[], features: number) {
  // half a row stands for an empty bin: with the customary 1e-4 one bin that stays empty by chance is an alarm
  const value = populationStability(shares, binShares(edges, column), 0.5 / column.length);
  return { value, threshold: psiThreshold(sample.length, column.length, shares.length, ALARM_LEVEL / features) };
}

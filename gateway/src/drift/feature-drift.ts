import { type DriftMethodName, type DriftMethodResult, driftMethodNames, type FeatureDrift } from '@coppice/contract';
import { moments } from '@coppice/statistics/moments';
import { distribution } from './distribution.ts';
import { methods } from './drift-methods.ts';
import type { FeatureReference } from './reference.ts';
import { driftScore, featureScore } from './score.ts';
import { featureVerdict } from './verdict.ts';

/** Every feature of a window against its reference. `columns[i]` holds feature i's values, ascending. */
export function judgeFeatures(
  references: readonly FeatureReference[],
  columns: readonly (readonly number[])[],
): { score: number; features: FeatureDrift[] } {
  const findings = driftMethodNames.map((name) => [name, methods[name](references, columns)] as const);
  const features = references.map((reference, i) => {
    const column = columns[i] as readonly number[];
    const now = distribution(column, reference.card.histogram);
    const drifted = findings.some(([, finding]) => finding[i]?.drifted);
    const described = { feature: reference.card.name, drifted, ...shifts(now, reference) };
    return {
      ...described,
      training: training(reference),
      now,
      ...(Object.fromEntries(findings.map(([name, finding]) => [name, finding[i]?.result])) as MethodResults),
      verdict: featureVerdict(described),
    };
  });
  const parts = references.map((reference, i) =>
    featureScore(moments(columns[i] as readonly number[]), reference.moments),
  );
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
      ...(Object.fromEntries(driftMethodNames.map((name) => [name, null])) as Record<DriftMethodName, null>),
    };
  });
}

type MethodResults = { [M in DriftMethodName]: DriftMethodResult<M> };

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

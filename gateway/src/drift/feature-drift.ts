import { type DriftMethodName, type DriftMethodResult, driftMethodNames, type FeatureDrift } from '@coppice/contract';
import { distribution } from './distribution.ts';
import type { DriftConfig } from './drift-config.ts';
import { methods } from './drift-methods.ts';
import type { FeatureReference } from './reference.ts';
import { driftScore, farOutside, featurePart } from './score.ts';
import { featureVerdict } from './verdict.ts';

/** Compares every feature of a window with its reference. `columns[i]` holds feature i's values, ascending. */
export function judgeFeatures(
  references: readonly FeatureReference[],
  columns: readonly (readonly number[])[],
  config: Pick<DriftConfig, 'threshold'>,
): { score: number; features: FeatureDrift[] } {
  const findings = driftMethodNames.map((name) => [name, methods[name](references, columns, config)] as const);
  const features = references.map((reference, i) => {
    const column = columns[i] as readonly number[];
    const now = distribution(column, reference.card.histogram);
    const drifted = findings.some(([, finding]) => finding[i]?.drifted);
    const described = {
      feature: reference.card.name,
      drifted,
      ...shifts(now, reference),
      far_outside: farOutside(column, reference),
      ...(Object.fromEntries(findings.map(([name, finding]) => [name, finding[i]?.result])) as MethodResults),
    };
    return { ...described, training: training(reference), now, verdict: featureVerdict(described) };
  });
  const parts = references.map((reference, i) => featurePart(columns[i] as readonly number[], reference));
  return { score: driftScore(parts), features };
}

/** Features while there are too few rows: not judged, but their values so far are shown. */
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
      far_outside: farOutside(column, reference),
      ...(Object.fromEntries(driftMethodNames.map((name) => [name, null])) as Record<DriftMethodName, null>),
    };
  });
}

type MethodResults = { [M in DriftMethodName]: DriftMethodResult<M> };

function training({ card, moments }: FeatureReference): FeatureDrift['training'] {
  return { ...moments, deciles: card.deciles, histogram: card.histogram };
}

/** In training standard deviations; null for a feature that is constant in training. */
function shifts(
  now: { mean: number; std: number },
  { moments }: FeatureReference,
): Pick<FeatureDrift, 'mean_shift' | 'std_ratio'> {
  if (moments.std === 0) return { mean_shift: null, std_ratio: null };
  return { mean_shift: (now.mean - moments.mean) / moments.std, std_ratio: now.std / moments.std };
}

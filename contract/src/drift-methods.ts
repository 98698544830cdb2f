import type { FeatureKind } from './model-card.ts';

/** One way to compare a feature's recent values with its training values. Its result is a number, or numbers by name. */
type DriftMethod = {
  /** What the page calls its figure. */
  label: string;
  /** The kinds of features that it compares; for others its result is null, and it exports nothing. */
  kinds: readonly FeatureKind[];
  /** Names of the numbers of a result; null when the result is one number. */
  fields: readonly string[] | null;
  /** The number that `feature_drift_score{method}` exports; null where the result is the number. */
  score: string | null;
  /** The number that the page shows, and the limit beside it when there is one. */
  shown: { field: string | null; as: 'figure' | 'p-value'; limit?: string };
};

/** The kinds of features that have figures, and those that have values with shares. */
export const measuredKinds = ['number', 'date'] as const;
export const valuesKinds = ['boolean', 'category'] as const;
const allKinds = [...measuredKinds, ...valuesKinds];

/** The methods, by their `method` label and field of the report. Report, OpenAPI, metrics and page read this table. */
export const driftMethods = {
  ks: {
    label: 'KS, adjusted',
    kinds: measuredKinds,
    fields: ['statistic', 'p_value', 'p_adjusted'],
    score: 'statistic',
    shown: { field: 'p_adjusted', as: 'p-value' },
  },
  chi_square: {
    label: 'χ², adjusted',
    kinds: valuesKinds,
    fields: ['statistic', 'p_value', 'p_adjusted'],
    score: 'statistic',
    shown: { field: 'p_adjusted', as: 'p-value' },
  },
  psi: {
    label: 'PSI',
    kinds: allKinds,
    fields: ['value', 'threshold'],
    score: 'value',
    shown: { field: 'value', as: 'figure', limit: 'threshold' },
  },
  // the feature's own part of the overall score, 0–1: of figures (A + B) / 2, of values how far their shares moved
  mean_std: {
    label: 'part of score',
    kinds: allKinds,
    fields: null,
    score: null,
    shown: { field: null, as: 'figure' },
  },
} as const satisfies Record<string, DriftMethod>;

export type DriftMethodName = keyof typeof driftMethods;
export type DriftMethodResult<M extends DriftMethodName> =
  (typeof driftMethods)[M]['fields'] extends readonly (infer F)[] ? Record<F & string, number> : number;
export const driftMethodNames = Object.keys(driftMethods) as DriftMethodName[];

/** The methods that compare features of a kind. */
export function driftMethodsOf(kind: FeatureKind): DriftMethodName[] {
  return driftMethodNames.filter((name) => (driftMethods[name].kinds as readonly FeatureKind[]).includes(kind));
}

/** One number of a result. */
export function driftFigure(result: number | Record<string, number>, field: string | null): number {
  return typeof result === 'number' ? result : (result[field as string] as number);
}

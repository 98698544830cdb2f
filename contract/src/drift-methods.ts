/** One way to compare a feature's recent values with its training values. Its result is a number, or numbers by name. */
type DriftMethod = {
  /** As the page names its figure. */
  label: string;
  /** Names of the numbers of a result; null when the result is one number. */
  fields: readonly string[] | null;
  /** The number that `feature_drift_score{method}` exports; null where the result is the number. */
  score: string | null;
  /** The number that the page shows, and the limit beside it when there is one. */
  shown: { field: string | null; as: 'figure' | 'p-value'; limit?: string };
};

/** The methods, by their `method` label and field of the report. Report, OpenAPI, metrics and page read this table. */
export const driftMethods = {
  ks: {
    label: 'KS, adjusted',
    fields: ['statistic', 'p_value', 'p_adjusted'],
    score: 'statistic',
    shown: { field: 'p_adjusted', as: 'p-value' },
  },
  psi: {
    label: 'PSI',
    fields: ['value', 'threshold'],
    score: 'value',
    shown: { field: 'value', as: 'figure', limit: 'threshold' },
  },
  // the feature's own (A + B) / 2 of the overall score, clamped to 0–1
  mean_std: { label: 'part of score', fields: null, score: null, shown: { field: null, as: 'figure' } },
} as const satisfies Record<string, DriftMethod>;

export type DriftMethodName = keyof typeof driftMethods;
export type DriftMethodResult<M extends DriftMethodName> =
  (typeof driftMethods)[M]['fields'] extends readonly (infer F)[] ? Record<F & string, number> : number;
export const driftMethodNames = Object.keys(driftMethods) as DriftMethodName[];

/** One number of a result. */
export function driftFigure(result: number | Record<string, number>, field: string | null): number {
  return typeof result === 'number' ? result : (result[field as string] as number);
}

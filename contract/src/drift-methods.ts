import { z } from 'zod';

/** One way to compare a feature's recent values with its training values. */
type DriftMethod<Result> = {
  /** As the page names its figure. */
  label: string;
  /** Its field in the report of a feature. */
  schema: z.ZodType<Result>;
  /** The number that `feature_drift_score{method}` exports. */
  score(result: Result): number;
  /** The number that the page shows, and the limit beside it when there is one. */
  shown(result: Result): { value: number; as: 'figure' | 'p-value'; limit?: number };
};

const method = <Schema extends z.ZodType>(entry: DriftMethod<z.infer<Schema>> & { schema: Schema }) => entry;

/** The methods, by their `method` label. Report, OpenAPI, metrics and page read this table. */
export const driftMethods = {
  ks: method({
    label: 'KS, adjusted',
    schema: z.object({ statistic: z.number(), p_value: z.number(), p_adjusted: z.number() }),
    score: ({ statistic }) => statistic,
    shown: ({ p_adjusted }) => ({ value: p_adjusted, as: 'p-value' }),
  }),
  psi: method({
    label: 'PSI',
    schema: z.object({ value: z.number(), threshold: z.number() }),
    score: ({ value }) => value,
    shown: ({ value, threshold }) => ({ value, as: 'figure', limit: threshold }),
  }),
  mean_std: method({
    label: 'part of score',
    schema: z.number().describe("The feature's own (A + B) / 2 of the overall score, clamped to 0–1."),
    score: (part) => part,
    shown: (part) => ({ value: part, as: 'figure' }),
  }),
};

type Methods = typeof driftMethods;
export type DriftMethodName = keyof Methods;
export type DriftMethodResult<M extends DriftMethodName> = z.infer<Methods[M]['schema']>;
export const driftMethodNames = Object.keys(driftMethods) as DriftMethodName[];
/** Fields of a feature's report: the result of each method, null until it is judged. */
export const driftMethodFields = Object.fromEntries(
  driftMethodNames.map((name) => [name, driftMethods[name].schema.nullable()]),
) as { [M in DriftMethodName]: z.ZodNullable<Methods[M]['schema']> };

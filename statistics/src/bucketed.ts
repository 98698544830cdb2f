/** Observations are kept apart in so many buckets, by user or by time, to see how far they depend on each other. */
export const BUCKETS = 64;

/** Count, sum and sum of squares of a metric, by bucket; each 64 long. */
export type Bucketed = { n: Float64Array; sum: Float64Array; squares: Float64Array };

export function emptyBucketed(): Bucketed {
  return { n: new Float64Array(BUCKETS), sum: new Float64Array(BUCKETS), squares: new Float64Array(BUCKETS) };
}

export function totalOf(values: Float64Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i] as number;
  return total;
}

/** Both arms of a comparison in one epoch. */
export type EpochPair = { candidate: Bucketed; baseline: Bucketed };

/** Buckets that rows are spread over: by user, by chance where there is none, or by slices of ten seconds. */
export const BUCKETS = 64;

/** Count, sum and sum of squares of a metric by bucket; each array has `BUCKETS` numbers. A 0/1 metric has `squares` = `sum`. */
export type Bucketed = { n: Float64Array; sum: Float64Array; squares: Float64Array };

/** What candidate and baseline got in one epoch, in which weights did not change. */
export type EpochPair = { candidate: Bucketed; baseline: Bucketed };

/** A metric that nothing has been counted of yet. */
export function emptyBucketed(): Bucketed {
  return { n: new Float64Array(BUCKETS), sum: new Float64Array(BUCKETS), squares: new Float64Array(BUCKETS) };
}

/** The sum over all buckets: exact for counts, and within rounding for other numbers. */
export function totalOf(values: Float64Array): number {
  let total = 0;
  for (let bucket = 0; bucket < values.length; bucket++) total += values[bucket] as number;
  return total;
}

/** How many buckets hold a row of either arm, in any epoch. */
export function bucketsWithData(epochs: readonly EpochPair[]): number {
  let buckets = 0;
  for (let bucket = 0; bucket < BUCKETS; bucket++)
    if (epochs.some(({ candidate, baseline }) => (candidate.n[bucket] as number) + (baseline.n[bucket] as number) > 0))
      buckets++;
  return buckets;
}

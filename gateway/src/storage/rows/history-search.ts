import type { HistoryFilter } from '../port/record-store.ts';
import type { PredictionKind } from './prediction-kind.ts';

/*
 * What no index answers is a search: it walks from the newest row of one table to older ones, and looks at no more than a
 * bounded number of them for a page, so that a page of 5,000,000 rows costs what one of 50,000 does. The page's cursor is
 * then where it stopped.
 */

/** The table that a search walks, the one with the fewest rows that can match. */
export type Walked = 'prediction' | 'feedback' | 'shadow_answer';

/** Rows that a search looks at for a page: some 50 ms in SQLite, 150 ms in PostgreSQL. */
export const MOST_LOOKED_AT: Record<Walked, number> = { prediction: 50_000, feedback: 20_000, shadow_answer: 20_000 };

/** Matching rows that are counted one by one: some 10 ms. */
export const MOST_COUNTED = 100_000;

/** The table to walk, or null where the index on (kind, id) answers all of the filter, or no kind matches. */
export function walkedBy(filter: HistoryFilter, wanted: readonly number[] | null): Walked | null {
  if (wanted?.length === 0) return null;
  if (filter.correct !== undefined) return 'feedback';
  if (filter.disagree !== undefined) return 'shadow_answer';
  const { userHash, maxProbability, feature } = filter;
  return userHash === undefined && maxProbability === undefined && feature === undefined ? null : 'prediction';
}

/** Whether a filter asks for no rows in particular, so that the kept number of rows is the answer. */
export function isEveryRow(filter: HistoryFilter): boolean {
  return Object.values(filter).every((value) => value === undefined);
}

/** SQL: the place, from 0, that a feature has in the rows of each of these kinds, of which there are some. */
export function placeOf(
  feature: string,
  kinds: ReadonlyMap<number, PredictionKind>,
  wanted: readonly number[],
): string {
  const byPlace = new Map<number, number[]>();
  for (const id of wanted) {
    const place = kinds.get(id)?.featureNames?.indexOf(feature) ?? -1;
    byPlace.getOrInsertComputed(place, () => []).push(id);
  }
  const cases = [...byPlace].map(([place, ids]) => `WHEN p.kind IN (${ids}) THEN ${place}`);
  return `CASE ${cases.join(' ')} ELSE -1 END`;
}

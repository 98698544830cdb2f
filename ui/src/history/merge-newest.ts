import type { HistoryPage, HistoryRow } from '@coppice/contract';

/**
 * The rows that are shown with a newer first page on top, both newest first, or null where rows between them may be missing.
 * Rows that have not changed stay the same objects.
 */
export function mergeNewest(shown: readonly HistoryRow[], page: HistoryPage): HistoryRow[] | null {
  const [top] = shown;
  const { predictions, next_cursor, searched_to: reached } = page;
  const last = predictions.at(-1);
  const newest = keepObjects(shown, predictions);
  if (next_cursor === null || top === undefined) return newest;
  if (reached !== undefined) {
    if (reached > top.time) return null;
    const ids = new Set(predictions.map(({ prediction_id }) => prediction_id));
    return [...newest, ...shown.filter((row) => row.time <= reached && !ids.has(row.prediction_id))];
  }
  // ids sort by time
  if (last === undefined || last.prediction_id > top.prediction_id) return null;
  return [...newest, ...shown.filter(({ prediction_id }) => prediction_id < last.prediction_id)];
}

function keepObjects(shown: readonly HistoryRow[], page: readonly HistoryRow[]): HistoryRow[] {
  const known = new Map(shown.slice(0, 2 * page.length).map((row) => [row.prediction_id, row]));
  return page.map((row) => {
    const before = known.get(row.prediction_id);
    return before && before.actual === row.actual && before.outcome === row.outcome ? before : row;
  });
}

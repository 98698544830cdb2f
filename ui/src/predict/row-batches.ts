import type { FeatureValue } from '@coppice/contract';

/** Rows and bytes that one request may hold; the gateway refuses bodies beyond 1 MB. */
const MOST_ROWS = 1024;
const MOST_BYTES = 900_000;

type Named = Record<string, FeatureValue>;

/** Rows in their order, as many in each batch as one request may hold. */
export function rowBatches(rows: readonly Named[], { mostRows = MOST_ROWS, mostBytes = MOST_BYTES } = {}): Named[][] {
  const batches: Named[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    // at most three bytes of UTF-8 for each UTF-16 unit, and most are one
    const text = JSON.stringify(row);
    const size = /^[\0-\x7f]*$/.test(text) ? text.length : text.length * 3;
    if (bytes + size > mostBytes || (batches.at(-1)?.length ?? 0) >= mostRows) {
      batches.push([]);
      bytes = 0;
    }
    batches.at(-1)?.push(row);
    bytes += size + 1;
  }
  return batches;
}

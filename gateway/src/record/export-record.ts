import { setTimeout as sleep } from 'node:timers/promises';
import type { Storage } from '../storage/open-storage.ts';
import type { ExportColumns, ExportFormat, ExportPage, ExportQuery, Schema } from '../storage/port/record-store.ts';
import { exportHeader } from '../storage/rows/export-lines.ts';

const EXPORT_PAGE = 1_000;

type Source = {
  reader: Storage['reader'];
  schema: Schema;
  /** Whether predictions come in. Then an export takes half of a processor at most. */
  busy(): boolean;
  /** Milliseconds of a monotonic clock. */
  now?: () => number;
};

/** All recorded rows that match, as lines, a page at a time. */
export async function* exportRecord(
  { reader, schema, busy, now = () => performance.now() }: Source,
  kind: ExportFormat['kind'],
  { limit, ...query }: ExportQuery,
): AsyncIterable<string> {
  const format = kind === 'csv' ? { kind, ...(await columnsOf(query, reader, schema)) } : { kind };
  let left = limit ?? Number.POSITIVE_INFINITY;
  let cursor: string | null = null;
  let header = exportHeader(format);
  for (;;) {
    const began = now();
    const page: ExportPage = await reader.call('history', 'exportPage', [
      { ...query, limit: Math.min(left, EXPORT_PAGE), ...(cursor === null ? {} : { cursor }) },
      format,
    ]);
    const took = now() - began;
    // the header with the first page, so that a database that is down is an error, not an empty file
    yield header + page.lines;
    header = '';
    left -= page.rows;
    cursor = page.nextCursor;
    if (cursor === null || left <= 0) return;
    if (busy()) await sleep(took);
  }
}

async function columnsOf(
  filter: Omit<ExportQuery, 'limit'>,
  reader: Storage['reader'],
  schema: Schema,
): Promise<ExportColumns> {
  const recorded = (await reader.call('history', 'featureNames', [filter])).flat();
  return { schema, further: [...new Set(recorded)].filter((name) => !schema?.features.includes(name)) };
}

import { aRow } from '@coppice/testkit/record/databases';
import { describe, expect, it } from 'vitest';
import { DatabaseHealth } from '../storage/database-health.ts';
import type { WriteMessage } from '../storage/port/record-store.ts';
import type { StoreLink } from '../storage/worker/worker-link.ts';
import { BufferedRecord } from './buffered-record.ts';

describe('finding a prediction while it is being written', () => {
  it('looks again when the reader looked before the writer had ended', async () => {
    const written = new Set<number>();
    let wrote = () => {};
    const writer = fake(async (method, [message], returned) => {
      if (method !== 'write') return undefined;
      const { batches } = message as WriteMessage;
      await new Promise<void>((resolve) => {
        wrote = resolve;
      });
      written.add(batches.length);
      returned?.(batches.map((batch) => batch.buffer));
    });
    const reader = fake(async () => {
      const found = written.size > 0 ? { prediction_id: 'found' } : null;
      wrote();
      await new Promise((resolve) => setTimeout(resolve, 20));
      return found;
    });
    const health = new DatabaseHealth({ log: { info() {}, warn() {} }, onWritable() {} });
    const record = new BufferedRecord(
      { enabled: true, flushMs: 1, queueRows: 10 },
      { storage: { writer, reader, health }, schema: () => null, onDropped: () => {} },
    );
    const row = aRow();
    record.append(row);
    const flushed = record.flush();
    await Promise.resolve();
    expect(await record.find(row.id)).toEqual({ prediction_id: 'found' });
    await flushed;
    await record.close();
  });
});

type Call = (method: string, args: unknown[], returned?: (buffers: ArrayBuffer[]) => void) => Promise<unknown>;

/** A link whose answers the test times; the stores behind it are tested with real databases. */
function fake(call: Call): StoreLink {
  return {
    call: (
      _store: string,
      method: string,
      args: unknown[],
      options?: { returned?: (buffers: ArrayBuffer[]) => void },
    ) => call(method, args, options?.returned),
    close: async () => {},
  } as unknown as StoreLink;
}

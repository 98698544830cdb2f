import { describe, expect, it } from 'vitest';
import { BufferedRecord } from './buffered-record.ts';
import { DatabaseHealth } from './database-health.ts';
import type { WriteMessage } from './store.ts';
import { aRow } from './test-databases.ts';
import type { WorkerLink } from './worker-link.ts';

describe('finding a prediction while it is being written', () => {
  it('looks again when the reader looked before the writer had ended', async () => {
    const looked = Promise.withResolvers<void>();
    let written = false;
    const writer = fake(async (method, [message], returned) => {
      if (method !== 'write') return undefined;
      await looked.promise;
      written = true;
      returned?.((message as WriteMessage).batches.map((batch) => batch.buffer));
    });
    const reader = fake(async () => {
      const found = written ? { prediction_id: 'found' } : null;
      looked.resolve();
      await flushed;
      return found;
    });
    const health = new DatabaseHealth({ log: { info() {}, warn() {} }, onWritable() {} });
    const record = new BufferedRecord(
      { enabled: true, flushMs: 1, queueRows: 10 },
      { writer, reader, health, schema: () => null, onDropped: () => {} },
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

/** A link whose answers the test times; what it links to is tested with the real databases. */
function fake(call: Call): WorkerLink {
  return {
    call: (method: string, args: unknown[], options?: { returned?: (buffers: ArrayBuffer[]) => void }) =>
      call(method, args, options?.returned),
    close: async () => {},
  } as unknown as WorkerLink;
}

import { aRow } from '@coppice/testkit/record/databases';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DatabaseHealth } from '../storage/database-health.ts';
import type { WriteMessage } from '../storage/port/record-store.ts';
import type { StoreLink } from '../storage/worker/worker-link.ts';
import { BufferedRecord } from './buffered-record.ts';
import { readRecordConfig } from './record-config.ts';

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
      { ...readRecordConfig({}), flushMs: 1, queueRows: 10 },
      { storage: { writer, reader, health, shared: false }, schema: () => null, onDropped: () => {} },
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

describe("a shadow version's answers", () => {
  const answer = { id: 'id', version: 'v2', class: 'setosa' };
  /** What the writer is called with, and whether a write succeeds. */
  function setUp() {
    const calls: [string, unknown][] = [];
    const database = { away: false };
    const writer = fake(async (method, [message], returned) => {
      calls.push([method, message]);
      if (method === 'write') returned?.((message as WriteMessage).batches.map(({ buffer }) => buffer));
      if (database.away) throw new Error('away');
    });
    const health = new DatabaseHealth({ log: { info() {}, warn() {} }, onWritable() {} });
    const record = new BufferedRecord(readRecordConfig({}), {
      ...{ storage: { writer, reader: writer, health, shared: false }, schema: () => null, onDropped: () => {} },
    });
    return { record, calls, database };
  }

  it('go to the writer after the rows that wait, many in one message', async () => {
    const { record, calls } = setUp();
    record.append(aRow());
    for (let i = 0; i < 3; i++) record.addShadowAnswer({ ...answer, id: String(i) });
    await record.close();
    expect(calls.map(([method]) => method)).toEqual(['write', 'addShadowAnswers']);
    expect(calls[1]?.[1]).toEqual({
      ids: ['0', '1', '2'],
      versions: ['v2', 'v2', 'v2'],
      classes: ['setosa', 'setosa', 'setosa'],
    });
  });

  it('are bounded, and dropped while the database is away, without an error', async () => {
    const { record, calls, database } = setUp();
    for (let i = 0; i < 30_000; i++) record.addShadowAnswer(answer);
    await record.flush();
    expect(calls[0]).toMatchObject(['addShadowAnswers', { ids: { length: 20_000 } }]);
    database.away = true;
    record.append(aRow());
    record.addShadowAnswer(answer);
    await record.flush();
    expect(calls.map(([method]) => method)).toEqual(['addShadowAnswers', 'write']);
    database.away = false;
    await record.flush();
    await record.close();
    expect(calls.map(([method]) => method)).toEqual(['addShadowAnswers', 'write', 'write']);
  });
});

describe('rows on their way to the writer', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  type Options = {
    /** What becomes of the nth transaction; by default all go well at once. */
    write?: (nth: number) => Promise<void>;
    enabled?: boolean;
    queueRows?: number;
    /** As a worker does that dies. */
    keepsBuffers?: boolean;
  };

  function setUp({ write = async () => {}, enabled = true, queueRows = 100, keepsBuffers = false }: Options = {}) {
    const messages: WriteMessage[] = [];
    const writer = fake(async (method, [message], returned) => {
      if (method !== 'write') return;
      const { batches } = message as WriteMessage;
      messages.push(message as WriteMessage);
      try {
        await write(messages.length);
      } finally {
        if (!keepsBuffers) returned?.(batches.map(({ buffer }) => buffer));
      }
    });
    const health = new DatabaseHealth({ log: { info() {}, warn() {} }, onWritable() {} });
    const onDropped = vi.fn<(rows: number) => void>();
    const record = new BufferedRecord(
      { ...readRecordConfig({}), enabled, queueRows },
      { storage: { writer, reader: writer, health, shared: false }, schema: () => null, onDropped },
    );
    return {
      record,
      messages,
      append: (rows: number) => {
        for (let i = 0; i < rows; i++) record.append(aRow());
      },
      /** Rows of each transaction. */
      written: () => messages.map(({ batches }) => batches.reduce((sum, { rows }) => sum + rows, 0)),
      dropped: () => onDropped.mock.calls.reduce((sum, [rows]) => sum + rows, 0),
    };
  }
  const fails = async () => {
    throw new Error('disk is full');
  };

  it('wait for at most the time that is set', async () => {
    const { append, written } = setUp();
    append(1);
    await vi.advanceTimersByTimeAsync(49);
    append(1);
    expect(written()).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(written()).toEqual([2]);
  });

  it('are none when nothing is to be recorded, or after the end', async () => {
    const off = setUp({ enabled: false });
    off.append(1);
    const ended = setUp();
    await ended.record.close();
    ended.append(1);
    await vi.advanceTimersByTimeAsync(1000);
    expect([off.written(), ended.written()]).toEqual([[], []]);
  });

  it('are written by transactions of some 10,000', async () => {
    const { record, append, written } = setUp({ queueRows: 100_000 });
    append(25_000);
    await record.flush();
    expect(written().map((rows) => Math.round(rows / 1000))).toEqual([10, 10, 5]);
  });

  it('go back into the queue when they cannot be written, and wait for the next try of the database', async () => {
    const { append, written, dropped } = setUp({ write: async (nth) => (nth === 1 ? fails() : undefined) });
    append(1);
    await vi.advanceTimersByTimeAsync(50);
    append(1);
    await vi.advanceTimersByTimeAsync(900);
    expect(written()).toEqual([1]);
    await vi.advanceTimersByTimeAsync(100);
    expect([written(), dropped()]).toEqual([[1, 2], 0]);
  });

  it('are lost, and counted, with the worker that had them', async () => {
    const { record, append, dropped } = setUp({ write: fails, keepsBuffers: true });
    append(3);
    await record.flush();
    expect(dropped()).toBe(3);
  });

  it('are counted as lost when they cannot be written before the end', async () => {
    const { record, append, dropped } = setUp({ write: fails });
    append(3);
    await record.close();
    expect(dropped()).toBe(3);
  });

  it('count against the bound while they are being written, and no longer', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { append, written, dropped } = setUp({ queueRows: 10, write: () => promise });
    append(6);
    await vi.advanceTimersByTimeAsync(50);
    expect(written()).toEqual([6]);
    append(7);
    expect(dropped()).toBe(3);
    resolve();
    await vi.advanceTimersByTimeAsync(0);
    append(6);
    expect(dropped()).toBe(3);
  });

  it('use the buffers of those that were written', async () => {
    const { record, append, messages } = setUp();
    for (let i = 0; i < 2; i++) {
      append(1);
      await record.flush();
    }
    const [first, second] = messages.map(({ batches }) => batches[0]?.buffer);
    expect(second).toBe(first);
  });

  it('keep apart 1,000 reasons of errors', async () => {
    const { record, messages } = setUp({ queueRows: 10_000 });
    for (let i = 0; i < 1100; i++) record.append(aRow({ error: `reason ${i}` }));
    await record.flush();
    expect(messages[0]?.errors).toEqual(Array.from({ length: 1000 }, (_, i) => `reason ${i}`));
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

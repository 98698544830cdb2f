import { aRow } from '@coppice/testkit/record/databases';
import { describe, expect, it } from 'vitest';
import { eachRow } from '../storage/rows/row-batch.ts';
import { uuidText } from '../storage/rows/uuid-v7.ts';
import { RowQueue } from './row-queue.ts';

const CODES = { origin: 0, route: 0, error: 0 };

function filled(maxRows: number, rows: number) {
  const queue = new RowQueue(maxRows);
  const ids: string[] = [];
  let dropped = 0;
  for (let i = 0; i < rows; i++) {
    const row = aRow();
    ids.push(row.id);
    dropped += queue.push(row, CODES, 0);
  }
  return { queue, ids, dropped };
}

function idsOf(queue: RowQueue): string[] {
  const ids: string[] = [];
  for (const batch of queue.take()) eachRow(batch, (row) => ids.push(uuidText(row.id)));
  return ids;
}

describe('the queue of rows', () => {
  it('keeps the newest rows and counts the oldest that gave way', () => {
    const { queue, ids, dropped } = filled(1000, 5000);
    expect(dropped).toBe(4000);
    expect(queue.rows).toBe(1000);
    expect(idsOf(queue)).toEqual(ids.slice(-1000));
  });

  it('counts rows that are being written against its bound', () => {
    const queue = new RowQueue(100);
    const dropped = Array.from({ length: 60 }, () => queue.push(aRow(), CODES, 50));
    expect(dropped.filter((n) => n > 0)).toHaveLength(10);
  });

  it('puts back in front what could not be written, and lets its oldest give way', () => {
    const { queue, ids } = filled(1000, 700);
    const taken = queue.take();
    const later = Array.from({ length: 500 }, () => aRow());
    for (const row of later) queue.push(row, CODES, 0);
    expect(queue.putBack(taken)).toBe(200);
    expect(idsOf(queue)).toEqual([...ids.slice(200), ...later.map((row) => row.id)]);
  });

  it('hands over a part, and the rest later in order', () => {
    const { queue, ids } = filled(5000, 5000);
    const part = queue.take(1000).reduce((rows, batch) => rows + batch.rows, 0);
    expect(part).toBeGreaterThanOrEqual(1000);
    expect(queue.rows).toBe(5000 - part);
    const last = aRow();
    queue.push(last, CODES, 0);
    expect(idsOf(queue)).toEqual([...ids.slice(part), last.id]);
    expect(queue.rows).toBe(0);
  });

  describe('whose buffers of 64 KiB hold eight of its rows', () => {
    const row = aRow({ features: new Array(1000).fill(1) });
    const push = (queue: RowQueue, rows: number) => {
      for (let i = 0; i < rows; i++) queue.push(row, CODES, 0);
    };
    const buffers = (n: number) => Array.from({ length: n }, () => new ArrayBuffer(64 * 1024));

    it('hands over no more of them than it must', () => {
      const queue = new RowQueue(100);
      push(queue, 24);
      expect(queue.take(8).map(({ rows }) => rows)).toEqual([8]);
      expect(queue.take(9).map(({ rows }) => rows)).toEqual([8, 8]);
    });

    it('uses the buffer of rows that gave way again', () => {
      const [buffer] = buffers(1) as [ArrayBuffer];
      const queue = new RowQueue(8);
      queue.recycle([buffer]);
      push(queue, 17);
      expect(queue.take().map((batch) => batch.buffer)).toContain(buffer);
    });

    it('keeps at most 64 buffers for later rows', () => {
      const given = buffers(70);
      const queue = new RowQueue(1000);
      queue.recycle(given);
      push(queue, 70 * 8);
      const used = queue.take().map((batch) => batch.buffer);
      expect(used).toHaveLength(70);
      expect(used.filter((buffer) => given.includes(buffer))).toHaveLength(64);
    });
  });

  it('takes rows that are wider than its buffers, between narrow ones', () => {
    const queue = new RowQueue(10);
    queue.recycle([new ArrayBuffer(64 * 1024)]);
    const widths = [4, 20_000, 4];
    for (const width of widths) queue.push(aRow({ features: new Array(width).fill(1) }), CODES, 0);
    const sizes: number[] = [];
    for (const batch of queue.take()) eachRow(batch, (row) => sizes.push((row.data.length - 16 - 24) / 8));
    expect(sizes).toEqual(widths);
  });
});

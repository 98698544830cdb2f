import { aRow } from '@coppice/testkit/record/databases';
import { describe, expect, it } from 'vitest';
import { eachRow } from '../storage/rows/row-batch.ts';
import { uuidText } from '../storage/rows/uuid-v7.ts';
import { RowQueue } from './row-queue.ts';

const CODES = { version: 0, route: 0, error: 0 };

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

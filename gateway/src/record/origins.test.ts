import { aRow } from '@coppice/testkit/record/databases';
import { describe, expect, it } from 'vitest';
import { Origins } from './origins.ts';

describe('origins of rows', () => {
  it('are one for rows that agree in all, whether or not the names of their features are the same array', () => {
    const origins = new Origins();
    const columns = ['age', 'plan'];
    const codes = [aRow({ columns }), aRow({ columns, label: 0 }), aRow({ columns: [...columns] })].map((row) =>
      origins.codeOf(row),
    );
    expect(codes).toEqual([0, 0, 0]);
    expect(origins.list).toEqual([expect.objectContaining({ version: 'v1', columns })]);
  });

  it.each([
    { version: 'v2' },
    { assigned: null },
    { release: 'r2' },
    { source: 'page' as const },
    { epoch: { period: 1, weights: {}, releases: {} } },
    { columns: ['sepal_length'] },
    { columns: ['sepal_width', 'sepal_length', 'petal_length', 'petal_width'] },
  ])('differ by %j', (change) => {
    const origins = new Origins();
    expect([aRow(), aRow(change), aRow()].map((row) => origins.codeOf(row))).toEqual([0, 1, 0]);
  });

  it('begin again with another meaning when they are forgotten', () => {
    const origins = new Origins();
    for (let i = 0; i < 64; i++) origins.codeOf(aRow({ release: String(i) }));
    expect(origins.areMany).toBe(true);
    origins.forget();
    expect([origins.areMany, origins.generation, origins.codeOf(aRow({ release: '63' }))]).toEqual([false, 1, 0]);
  });
});

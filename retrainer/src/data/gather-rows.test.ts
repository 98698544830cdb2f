import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Base } from './base-rows.ts';
import { gatherRows } from './gather-rows.ts';
import type { RecordedRow } from './recorded-row.ts';

const base: Base = {
  ...{ file: 'my.csv', target: 'label', classes: ['a', 'b'] },
  columns: [
    { name: 'x', title: 'x (cm)', kind: 'number', missing: false },
    { name: 'word', title: 'word', kind: 'category', missing: true },
  ],
  train: [{ cells: ['1', 'red'], label: 'a' }],
  heldOut: [{ cells: ['2', 'red'], label: 'b' }],
};
const row = (time: number, x: unknown, more: Partial<RecordedRow> & { word?: string } = {}): RecordedRow => {
  const { word = null, ...others } = more;
  const values = new Map(Object.entries({ x, word })) as RecordedRow['values'];
  return { time, values, actual: 'a', reference: null, user: null, ...others };
};

describe('the rows of a job', () => {
  it('are the base file’s training rows and the older recorded rows, and it is judged by the newest', () => {
    const recorded = Array.from({ length: 10 }, (_, i) => row(i, 10 + i));
    const { train, test, rows, notes } = gatherRows(base, recorded.toReversed());
    expect(train.map(({ cells }) => cells[0])).toEqual(['1', '10', '11', '12', '13', '14', '15', '16', '17']);
    expect(test.map(({ cells }) => cells)).toEqual([
      ['18', ''],
      ['19', ''],
    ]);
    expect(rows).toEqual({ base: 1, recorded: 10, train: 9, test: 2 });
    expect(notes).toEqual([]);
  });

  it('are none that the base file has, and of the same ones the newest', () => {
    const recorded = [
      ...[row(1, 1, { word: 'red' }), row(2, 2, { word: 'red', actual: 'b' }), row(3, 2, { word: 'red' })],
      ...[row(4, 5), row(5, 5), row(6, 6, { reference: 'r' }), row(7, 7, { reference: 'r', actual: 'b' })],
    ];
    const { train, test, notes } = gatherRows(base, recorded);
    expect([...train.slice(1), ...test].map(({ cells, label }) => `${cells[0]} ${label}`)).toEqual([
      '2 a',
      '5 a',
      '7 b',
    ]);
    expect(notes).toEqual([
      'left out 1: a newer row has the same reference',
      'left out 1: a newer row has the same features and class',
      'left out 2: the base file has the same features and class',
    ]);
  });

  it('are none without a value that the base file always has, of another kind, or of an unknown class', () => {
    const { rows, notes } = gatherRows(base, [row(1, null), row(2, 'three'), row(3, 4, { actual: 'c' })]);
    expect(rows.recorded).toBe(0);
    expect(notes).toEqual([
      'left out 1: no x',
      'left out 1: x of another kind',
      'left out 1: a class that the base file does not have',
    ]);
  });

  const any = fc.array(
    fc.record({
      time: fc.nat(20),
      x: fc.nat(4),
      word: fc.constantFrom('red', 'blue'),
      actual: fc.constantFrom('a', 'b'),
      reference: fc.option(fc.constantFrom('r1', 'r2', 'r3')),
      user: fc.option(fc.constantFrom('u1', 'u2')),
    }),
    { maxLength: 60 },
  );
  const key = (one: { cells: readonly string[]; label: string }) => `${one.cells.join()} ${one.label}`;
  type Timed = { cells: string[]; label: string; time: number; user: string | null; reference: string | null };

  it('never have a later time in training than in the test, a row twice, or a test row that training gives away', () => {
    fc.assert(
      fc.property(any, (made) => {
        const recorded = made.map(({ time, x, ...more }) => row(time, x, more));
        const { train, test, rows } = gatherRows(base, recorded) as unknown as {
          train: Timed[];
          test: Timed[];
          rows: { recorded: number };
        };
        const older = train.slice(base.train.length);
        const first = Math.min(...test.map(({ time }) => time));
        expect(older.every(({ time }) => time < first)).toBe(true);
        const all = [...train, ...test, ...base.heldOut].map(key);
        expect(new Set(all).size).toBe(all.length);
        const references = [...older, ...test].flatMap(({ reference }) => reference ?? []);
        expect(new Set(references).size).toBe(references.length);
        for (const one of test)
          for (const other of older)
            if (one.user !== null && one.user === other.user) expect(one.cells).not.toEqual(other.cells);
        expect(rows.recorded).toBe(older.length + test.length);
      }),
    );
  });

  it('do not depend on the order in which the record gives rows of different times', () => {
    fc.assert(
      fc.property(any, fc.integer(), (made, seed) => {
        const recorded = made.map(({ time: _, x, ...more }, i) => row(i, x, more));
        const shuffled = recorded.toSorted((a, b) => ((a.time * 7919 + seed) % 101) - ((b.time * 7919 + seed) % 101));
        expect(gatherRows(base, shuffled)).toEqual(gatherRows(base, recorded));
      }),
    );
  });
});

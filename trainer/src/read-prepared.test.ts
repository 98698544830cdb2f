import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fitPreparation } from './prepare/fit-preparation.ts';
import { prepareTable } from './prepare/prepare-table.ts';
import { readPrepared } from './read-prepared.ts';
import { cellValue } from './table/cell-value.ts';
import type { Column, Table } from './table/table.ts';
import { rowOf } from './table/training-set.ts';
import { writePrepared } from './write-prepared.ts';

// a reader trims cells, and takes some words for a missing value
const word = fc.string({ unit: 'binary', maxLength: 6 }).map((text) => `<${text.replaceAll('\0', '')}>`);
const title = fc.oneof(word, fc.constantFrom('a;b', '# a', 'temp (max)', '1', 'x\ty', 'a,b'));
const number = fc.oneof(
  fc.constant(Number.NaN),
  fc.double({ noNaN: true, min: -1e100, max: 1e100 }).map((x) => x + 0),
);
const moment = fc.oneof(
  fc.constant(Number.NaN),
  fc.integer({ min: -3e9, max: 9e9 }).map((seconds) => (seconds * 1000) / 86_400_000),
);
const row = fc.tuple(number, fc.oneof(fc.constant(Number.NaN), fc.nat(1)), moment, fc.integer({ min: -1, max: 4 }));
const tables = fc.record({
  titles: fc.uniqueArray(title, { minLength: 5, maxLength: 5 }),
  words: fc.uniqueArray(word, { minLength: 5, maxLength: 5 }),
  classes: fc.uniqueArray(fc.oneof(word, fc.constantFrom('0', '1.50', 'None')), { minLength: 2, maxLength: 2 }),
  rows: fc.array(row, { minLength: 10, maxLength: 20 }),
});

it('reads back what was written: the same values, names, classes and numbers', () => {
  const dir = mkdtempSync(join(tmpdir(), 'coppice-read-'));
  try {
    fc.assert(
      fc.property(tables, ({ titles, words, classes, rows }) => {
        const heading = (at: number) => ({ name: `n${at}`, unit: null, title: titles[at] as string, place: at + 1 });
        const values = (at: 0 | 1 | 2) => Float64Array.from(rows, (cells) => cells[at]);
        const columns: Column[] = [
          { ...heading(0), kind: 'number', values: values(0) },
          { ...heading(1), kind: 'boolean', values: values(1) },
          { ...heading(2), kind: 'date', values: values(2) },
          { ...heading(3), kind: 'category', words, codes: Int32Array.from(rows, (cells) => cells[3]) },
        ];
        const labels = Int32Array.from(rows, (_, i) => i % 2);
        const table: Table = {
          ...{ file: 'my.csv', format: '', lines: Int32Array.from(rows.keys()), leftOut: [], notices: [] },
          columns,
          target: { ...heading(4), classes, labels, numeric: false },
        };
        const split = { train: [0, 1, 4, 5, 6, 7, 8, 9], test: [2, 3] };
        const about = { seed: 1, file: 'my.csv', sha256: '0'.repeat(64), parameters: { drop: 'z' } };
        const data = { table, split, preparation: fitPreparation(table, split.train), ...about };
        writePrepared(data, dir);
        const read = readPrepared({ data: dir, dataTitle: 'dir', aboutTable: [] });
        expect(read).toMatchObject({ ...about, preparation: data.preparation });
        const order = [...split.train, ...split.test];
        expect([...read.split.train, ...read.split.test]).toEqual([...order.keys()]);
        const numbers = prepareTable(data.preparation, table);
        const again = prepareTable(read.preparation, read.table);
        order.forEach((from, to) => {
          expect(read.table.columns.map((column) => cellValue(column, to))).toEqual(
            columns.map((column) => cellValue(column, from)),
          );
          expect(rowOf(again, to)).toEqual(rowOf(numbers, from));
          expect(read.table.target.labels[to]).toBe(labels[from]);
        });
        expect(read.table.target).toMatchObject({ classes, name: 'n4', title: titles[4] });
        expect(read.table.columns.map(({ name, title }) => [name, title])).toEqual(
          columns.map(({ name, title }) => [name, title]),
        );
      }),
      { numRuns: 150, seed: 3 },
    );
  } finally {
    rmSync(dir, { recursive: true });
  }
});

import { describe, expect, it } from 'vitest';
import type { Column, Table } from '../table/table.ts';
import { findWarnings } from './find-warnings.ts';

const heading = (name: string, place: number) => ({ name, unit: null, title: name, place });
const number = (name: string, values: number[]): Column => ({
  ...heading(name, 1),
  kind: 'number',
  values: Float64Array.from(values),
});
const words = (name: string, kind: 'category' | 'text', all: string[]): Column => {
  const distinct = [...new Set(all)];
  return { ...heading(name, 1), kind, words: distinct, codes: Int32Array.from(all, (word) => distinct.indexOf(word)) };
};
/** 100 rows: the first 30 of class "no", the others "yes". */
const labels = Int32Array.from({ length: 100 }, (_, row) => (row < 30 ? 0 : 1));
const rows = Array.from(labels.keys());
const split = { train: rows.filter((row) => row % 5 > 0), test: rows.filter((row) => row % 5 === 0) };
const shuffled = rows.map((row) => (row * 37) % 101);

const twoClasses = { ...heading('y', 9), classes: ['no', 'yes'], labels, numeric: false };
const warningsOf = (...columns: Column[]) => warningsAbout(twoClasses, ...columns);

function warningsAbout(target: Table['target'], ...columns: Column[]): string[] {
  const lines = Int32Array.from(rows);
  return findWarnings({ file: 'f', format: '', lines, columns, target, leftOut: [], notices: [] } as Table, split);
}

describe('a warning', () => {
  it('is not given for a feature that says something, and not all', () => {
    expect(warningsOf(number('x', shuffled))).toEqual([]);
  });

  it.each([
    [
      'constant',
      number(
        'x',
        rows.map(() => 7),
      ),
      /^"x" is constant: --drop x leaves it out$/,
    ],
    [
      'written in two cases',
      words(
        'x',
        'category',
        rows.map((row) => ['Ab', 'ab', 'c'][row % 3] as string),
      ),
      /^"x": "Ab" and "ab" differ in case only/,
    ],
  ])('names a column that is %s', (_, column, message) => {
    expect(warningsOf(column, number('z', shuffled))).toContainEqual(expect.stringMatching(message));
  });

  it('names a number that counts the rows', () => {
    expect(
      warningsOf(
        number(
          'n',
          rows.map((row) => row + 7),
        ),
      ),
    ).toContainEqual(expect.stringMatching(/^"n" counts the rows/));
  });

  it.each([
    [
      'a range of numbers',
      number(
        'code',
        rows.map((row) => (row < 30 ? row / 10 : 5 + ((row * 7) % 11))),
      ),
    ],
    [
      'a word',
      words(
        'code',
        'category',
        rows.map((row) => (row < 30 ? 'refunded' : row % 2 ? 'paid' : 'open')),
      ),
    ],
    [
      'nearly always',
      words(
        'code',
        'category',
        rows.map((row) => (row < 30 && row !== 4 ? 'refunded' : 'paid')),
      ),
    ],
    [
      'a gap',
      number(
        'code',
        rows.map((row) => (row < 30 ? Number.NaN : (shuffled[row] as number))),
      ),
    ],
    [
      'a word where others have a gap',
      { ...words('code', 'category', ['why']), codes: Int32Array.from(rows, (row) => (row < 30 ? 0 : -1)) } as Column,
    ],
    [
      'whether there is a word',
      (({ codes, ...rest }) => ({ ...rest, codes: codes.map((code, row) => (row < 30 ? -1 : code)) }))(
        words(
          'code',
          'category',
          rows.map((row) => `${row % 40}`),
        ) as Extract<Column, { codes: Int32Array }>,
      ) as Column,
    ],
  ])('names a feature that alone gives the class: %s', (_, column) => {
    expect(warningsOf(column, number('z', shuffled))).toContainEqual(
      expect.stringMatching(/^"code" alone gives the class of (100|99) % of the rows/),
    );
  });

  it('does not say that a feature gives the only class there is', () => {
    const only = { ...heading('y', 9), classes: ['yes'], labels: labels.map(() => 0), numeric: false };
    expect(warningsAbout(only, number('x', shuffled))).toEqual([]);
  });

  it('counts test rows that repeat training rows', () => {
    expect(
      warningsOf(
        number(
          'x',
          rows.map((row) => (row * 37) % 31),
        ),
      ),
    ).toContainEqual(
      expect.stringMatching(/^\d+ of 20 test rows have the features of a training row, which flatters accuracy$/),
    );
  });

  it('does not count repeated rows where no feature is left', () => {
    expect(warningsOf()).toEqual([]);
  });
});

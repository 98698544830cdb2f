import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Table } from '../table/table.ts';
import { selectRows } from './select-rows.ts';

const heading = (name: string, place: number) => ({ name, unit: null, title: name, place });
/** A feature whose value is the number of its row; NaN where `gaps` says so. */
function tableOf(labels: number[], gaps: number[] = []): Table {
  const values = Float64Array.from(labels, (_, row) => (gaps.includes(row) ? Number.NaN : row));
  return {
    file: 'my.csv',
    format: 'comma, UTF-8',
    lines: Int32Array.from(labels, (_, row) => row + 2),
    columns: [{ ...heading('x', 1), kind: 'number', values }],
    target: { ...heading('y', 2), classes: ['a', 'b', 'c', 'd'], labels: Int32Array.from(labels), numeric: false },
    leftOut: [],
    notices: [],
  };
}
const classesOf = ({ target }: Table) => Array.from(target.labels, (label) => target.classes[label]);

describe('rows', () => {
  it('are left out where a value or the class is missing, and the notice counts them', () => {
    const table = selectRows(tableOf([0, 1, -1, 2, 3, 0], [4, 5]), { dropMissing: true, seed: 1 });
    expect(Array.from(table.lines)).toEqual([2, 3, 5]);
    expect(table.target.classes).toEqual(['a', 'b', 'c']);
    expect(table.notices).toEqual([
      '1 row left out: no class, "y" is missing',
      '2 rows left out: a value is missing (--drop-missing)',
    ]);
  });

  it('without a class are left out on their own, but not those with a gap', () => {
    const table = selectRows(tableOf([0, 1, -1, 2], [1]), { seed: 1 });
    expect(Array.from(table.lines)).toEqual([2, 3, 5]);
    expect(table.notices).toEqual(['1 row left out: no class, "y" is missing']);
  });

  it('are not left out for a column that has no value at all', () => {
    const table = selectRows(tableOf([0, 1, 0, 1], [0, 1, 2, 3]), { dropMissing: true, seed: 1 });
    expect(table.lines).toHaveLength(4);
  });

  it('of rare classes are left out, and so are these classes', () => {
    const table = selectRows(tableOf([0, 0, 0, 1, 2, 2, 3]), { dropRare: 2, seed: 1 });
    expect(classesOf(table)).toEqual(['a', 'a', 'a', 'c', 'c']);
    expect(table.notices).toEqual(['2 rows left out: of classes with fewer than 2 rows ("b", "d"; --drop-rare)']);
  });

  it('are drawn by the seed, the same share of each class and two of each at least', () => {
    const labels = fc
      .array(fc.nat(3), { minLength: 20, maxLength: 200 })
      .map((some) => [0, 0, 1, 1, 2, 2, 3, 3, ...some]);
    fc.assert(
      fc.property(labels, fc.nat(), fc.integer({ min: 8, max: 60 }), (all, seed, sample) => {
        const table = selectRows(tableOf(all), { sample, seed });
        const size = Math.min(sample, all.length);
        expect(table.lines).toHaveLength(size);
        expect(selectRows(tableOf(all), { sample, seed })).toEqual(table);
        for (const name of 'abcd') {
          const drawn = classesOf(table).filter((one) => one === name).length;
          const share = (all.filter((label) => 'abcd'[label] === name).length * size) / all.length;
          expect(drawn).toBeGreaterThanOrEqual(2);
          expect(Math.abs(drawn - share)).toBeLessThan(share < 2 || sample < 16 ? 8 : 3);
        }
        expect(Array.from(table.lines, (line) => all[line - 2])).toEqual(
          classesOf(table).map((name) => 'abcd'.indexOf(name as string)),
        );
      }),
      { seed: 3 },
    );
  });

  it('are too few for a sample of fewer than two of each class', () => {
    expect(() => selectRows(tableOf([0, 0, 1, 1, 2, 2, 3, 3, 3]), { sample: 7, seed: 1 })).toThrow(
      '--sample 7 is not enough: 4 classes need two rows each, one to train and one to test',
    );
  });
});

import { expect, it } from 'vitest';
import { columnsFor } from './columns-for.ts';
import { comparisonNotes } from './comparison-notes.ts';

const data = { file: 'a.csv', sha256: 'a'.repeat(64), rows: 10, trainRows: 8, testRows: 2, target: 'y' };
const own = { data, parameters: { seed: 1, testShare: 0.2, trees: 50 } };

it('another release may know the test rows, unless it was trained on the same part of the same file', () => {
  expect(comparisonNotes(4, { ...own, parameters: { ...own.parameters, trees: 100 } }, own)).toEqual([]);
  expect(comparisonNotes(4, { ...own, data: { ...data, sha256: 'b'.repeat(64) } }, own)).toEqual([
    'Release 4 was trained on another file, which may hold some of these rows.',
  ]);
  for (const parameters of [{ ...own.parameters, seed: 2 }, { ...own.parameters, sample: 100 }, {}])
    expect(comparisonNotes(4, { data, parameters }, own)).toEqual([
      'Release 4 was trained on some of these rows, since the same file was split in another way for it.',
    ]);
});

it('a model finds its features among other columns by name', () => {
  const common = { unit: null, missing: 0 };
  const flag = { ...common, kind: 'boolean' as const, share: 0.5 };
  const features = [
    { ...flag, name: 'paid', nullable: false },
    { ...flag, name: 'old', nullable: true },
  ];
  const column = (name: string, kind: 'boolean' | 'number' = 'boolean') => ({ name, kind });
  expect(columnsFor({ features }, [column('more'), column('paid')])).toEqual([1, null]);
  expect(columnsFor({ features }, [column('old')])).toBe('it needs the feature "paid", which these rows do not have');
  expect(columnsFor({ features }, [column('paid', 'number')])).toBe('"paid" is a boolean there and a number here');
});

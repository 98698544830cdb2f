import type { FeatureKind, FeatureValue } from '@coppice/contract';
import { expect, it } from 'vitest';
import { slices } from './slices.ts';

/** Slices of one feature; the row is answered right where `right` says so. */
function slicesOf(kind: FeatureKind, values: FeatureValue[], right: (value: FeatureValue, row: number) => boolean) {
  const found = slices({
    features: [{ name: 'x', kind }],
    rows: values.map((value) => [value]),
    actual: values.map(() => 1),
    answers: { answered: values.map((value, row) => Number(right(value, row))), probabilities: null },
  });
  return found.map(({ slice, rows, accuracy }) => [slice, rows, accuracy]);
}
const times = (count: number, value: FeatureValue) => new Array<FeatureValue>(count).fill(value);

it('a number is cut in thirds, named by the values in them, the worst first', () => {
  const values = Array.from({ length: 60 }, (_, i) => i / 10);
  expect(slicesOf('number', values, (_, row) => row < 20 || row % 2 === 0)).toEqual([
    ['2 to 3.9', 20, 0.5],
    ['≥ 4', 20, 0.5],
    ['≤ 1.9', 20, 1],
  ]);
});

it('a third with one value has its name', () => {
  expect(slicesOf('number', [...times(40, 0), ...times(20, 3)], (value) => value === 3)).toEqual([
    ['0', 40, 0],
    ['3', 20, 1],
  ]);
});

it('a date is cut by days, whatever form it has', () => {
  const days = Array.from(
    { length: 30 },
    (_, i) => `2024-03-${String(i + 1).padStart(2, '0')}${i % 2 ? 'T06:00' : ''}`,
  );
  expect(slicesOf('date', days, () => true).map(([slice]) => slice)).toEqual([
    '≤ 2024-03-10',
    '2024-03-11 to 2024-03-20',
    '≥ 2024-03-21',
  ]);
});

it('a gap is a slice of its own', () => {
  const values = [...times(12, null), ...times(12, true), ...times(12, false)];
  expect(slicesOf('boolean', values, (value) => value !== null)).toEqual([
    ['missing', 12, 0],
    ['true', 12, 1],
    ['false', 12, 1],
  ]);
});

it('numbers beside gaps are named from where to where they reach', () => {
  expect(slicesOf('number', [...times(12, null), ...times(6, 1), ...times(6, 2)], () => true)).toEqual([
    ['missing', 12, 1],
  ]);
  expect(slicesOf('number', [...times(12, null), ...times(20, 1)], () => true)).toEqual([
    ['1', 20, 1],
    ['missing', 12, 1],
  ]);
});

it('rare categories are one slice, and alone keep their name', () => {
  const rare = Array.from({ length: 15 }, (_, i) => `rare ${i}`);
  expect(slicesOf('category', [...times(20, 'a'), ...rare], (value) => value === 'a')).toEqual([
    ['15 rarer values', 15, 0],
    ['a', 20, 1],
  ]);
});

it('of many categories the most frequent twenty have a slice', () => {
  const values = Array.from({ length: 30 }, (_, i) => times(i < 20 ? 12 : 11, `c${i}`)).flat();
  const found = slicesOf('category', values, () => true);
  expect(found).toHaveLength(21);
  expect(found[0]).toEqual(['10 rarer values', 110, 1]);
});

it('fewer than ten rows, or all rows, are none', () => {
  expect(slicesOf('category', [...times(30, 'a'), ...times(9, 'b')], () => true)).toEqual([['a', 30, 1]]);
  expect(slicesOf('category', times(30, 'a'), () => true)).toEqual([]);
  expect(slicesOf('number', times(30, 4), () => true)).toEqual([]);
});

it('an interval is Wilson’s', () => {
  const [slice] = slices({
    features: [{ name: 'x', kind: 'boolean' }],
    rows: [...times(29, true), false].map((value) => [value as FeatureValue]),
    actual: new Array(30).fill(0),
    answers: { answered: [1, ...new Array(29).fill(0)], probabilities: null },
  });
  // Newcombe 1998, table I: 1 of 29 is 0.0061 to 0.1718
  expect(slice?.interval[0]).toBeCloseTo(1 - 0.1718, 4);
  expect(slice?.interval[1]).toBeCloseTo(1 - 0.0061, 4);
});

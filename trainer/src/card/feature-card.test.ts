import { numberCard } from '@coppice/contract';
import { numberColumns } from '@coppice/testkit/number-columns';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Column } from '../table/table.ts';
import { describeFeature, histogramOf } from './feature-card.ts';

const describe = (...values: number[]) => {
  const [column] = numberColumns(
    ['x'],
    values.map((value) => [value]),
  );
  return numberCard.parse(describeFeature(column as Column, [...values.keys()], [...values.keys()]));
};

it('describes eleven values as one would by hand', () => {
  const card = describe(10, 0, 9, 1, 8, 2, 7, 3, 6, 4, 5);
  expect(card).toMatchObject({ min: 0, max: 10, mean: 5, step: 1 });
  expect(card.std).toBeCloseTo(Math.sqrt(10), 12);
  expect(card.deciles).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(card.histogram).toEqual({ edges: [0, 2.5, 5, 7.5, 10], counts: [3, 2, 3, 3] });
  expect(card.sample).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

it('gives a constant no spread and a bin around it', () => {
  expect(describe(0.1, 0.1, 0.1)).toMatchObject({
    mean: 0.1,
    std: 0,
    histogram: { edges: [-0.4, 0.6], counts: [3] },
  });
});

it('gives a valid card, with every value in a bin, for any values', () => {
  const values = fc.array(fc.double({ noNaN: true, min: -1e100, max: 1e100 }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(values, (some) => {
      const card = describe(...some);
      const { edges, counts } = card.histogram;
      expect(counts.reduce((a, b) => a + b)).toBe(some.length);
      expect(edges).toHaveLength(counts.length + 1);
      edges.slice(1).forEach((edge, i) => {
        expect(edge).toBeGreaterThan(edges[i] as number);
      });
    }),
    { seed: 4 },
  );
});

it('counts a value on an edge in the bin that begins there, the last edge in the last bin', () => {
  expect(histogramOf([0, 1, 1, 2])).toEqual({ edges: [0, 1, 2], counts: [1, 3] });
});

it.each([
  ['days', (day: number) => day, 1],
  ['times', (day: number) => day + day / 4000, 0.001],
])('steps a date by days, however many, or by less where there are %s', (_, at, step) => {
  const values = Float64Array.from({ length: 2000 }, (_, day) => at(15_000 + day));
  const column = { kind: 'date', name: 'd', unit: null, title: 'd', place: 1, values } as Column;
  expect(describeFeature(column, [...values.keys()], [])).toMatchObject({ kind: 'date', step });
});

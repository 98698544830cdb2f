import type { FeatureCard, FeatureValue } from '@coppice/contract';
import { expect, it } from 'vitest';
import { featureOrder } from './feature-order.ts';

/** Every column is a function of the row, which has class 0 or 1 in turns. */
function order(rows: number, ...columns: [kind: FeatureCard['kind'], value: (row: number) => FeatureValue][]) {
  return featureOrder({
    features: columns.map(([kind]) => ({ kind })) as FeatureCard[],
    rows: Array.from({ length: rows }, (_, row) => ({
      features: columns.map(([, value]) => value(row)),
      class: row % 2,
    })),
  });
}
/** Numbers that have nothing to do with the class. */
const noise = (row: number) => (Math.imul(row + 1, 2_654_435_761) >>> 8) % 97;
const often = (row: number, share: number) => (noise(row) / 97 < share ? row % 2 : 1 - (row % 2));

it('puts the features first that say more of the class, of whatever kind', () => {
  const day = (row: number) => `2024-01-0${1 + often(row, 0.75)}`;
  expect(
    order(
      400,
      ['number', noise],
      ['boolean', (row) => often(row, 0.85) === 1],
      ['number', (row) => often(row, 0.6)],
      ['category', (row) => `v${row % 2}`],
      ['date', day],
    ),
  ).toEqual([3, 1, 4, 2, 0]);
});

it('does not take many words for much to say', () => {
  expect(
    order(400, ['category', (row) => `word ${noise(row)}`], ['number', (row) => often(row, 0.6) + noise(row) / 1000]),
  ).toEqual([1, 0]);
});

it('counts a gap as a value', () => {
  expect(order(100, ['number', noise], ['number', (row) => (row % 2 ? null : noise(row))])).toEqual([1, 0]);
});

it('keeps the card’s order within ties, and where rows are too few to say', () => {
  expect(order(100, ['number', () => 1], ['category', () => 'a'], ['boolean', () => true])).toEqual([0, 1, 2]);
  expect(order(1, ['number', () => 1], ['number', () => 2])).toEqual([0, 1]);
  expect(order(3, ['category', (row) => `${row}`], ['category', (row) => `${row}`])).toEqual([0, 1]);
});

import type { FeatureCard, ModelCard } from '@coppice/contract';
import { expect, it } from 'vitest';
import { featureOrder } from './feature-order.ts';

const order = (features: object[], ...typical: ModelCard['classes'][number]['typical'][]) =>
  featureOrder({
    features: features as FeatureCard[],
    classes: typical.map((values) => ({ name: '', share: 0, typical: values })),
  });

it('puts the feature first whose classes lie furthest apart in standard deviations', () => {
  const numbers = [
    { kind: 'number', std: 1 },
    { kind: 'number', std: 10 },
    { kind: 'date', std: 30 },
  ];
  expect(order(numbers, [1, 100, '2024-01-01'], [2, 150, '2024-03-31'])).toEqual([1, 2, 0]);
});

it('keeps the card’s order within ties', () => {
  const same = Array.from({ length: 3 }, () => ({ kind: 'number', std: 0 }));
  expect(order(same, [1, 1, 1], [1, 1, 1])).toEqual([0, 1, 2]);
});

it('compares words by whether they differ, and knows gaps', () => {
  const words = [
    { kind: 'boolean', share: 0.5 },
    { kind: 'category', values: [{ value: 'a', share: 0.5 }] },
    { kind: 'number', std: 1 },
    { kind: 'category', values: [{ value: 'a', share: 0.9 }] },
  ];
  expect(order(words, [true, 'a', null, 'a'], [true, 'b', 1, null])).toEqual([3, 1, 0, 2]);
});

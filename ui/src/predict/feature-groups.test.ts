import { expect, it } from 'vitest';
import { featureGroups } from './feature-groups.ts';

const features = ['radius_mean', 'Radius_worst', 'radius.se', 'age', 'texture mean', 'texture_se'].map((name) => ({
  name,
}));

it('puts features with the same first word together, and the rest under other', () => {
  expect(featureGroups(features, [3, 2, 0, 1, 5, 4])).toEqual([
    { name: 'radius', features: [2, 0, 1] },
    { name: 'other', features: [3, 5, 4] },
  ]);
});

it('has no group of nothing', () => {
  expect(featureGroups(features, [])).toEqual([]);
  expect(featureGroups(features, [0, 1, 2]).map(({ name }) => name)).toEqual(['radius']);
});

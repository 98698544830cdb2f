import type { FeatureCard, ModelCard } from '@coppice/contract';
import { describe, expect, it } from 'vitest';
import { startRow, typicalRow } from './typical-row.ts';

const deciles = (median: number) => [0, 0, 0, 0, median, 0, 0, 0, 0];
const features = [
  { kind: 'number', nullable: true, missing: 0.4, min: 1, max: 3, step: 0.1, mean: 2.04, deciles: deciles(2) },
  { kind: 'boolean', nullable: false, missing: 0, share: 0.7 },
  { kind: 'category', nullable: true, missing: 0.2, values: [{ value: 'most', share: 0.9 }] },
  { kind: 'date', nullable: true, missing: 0, step: 1, mean: 0, deciles: deciles(19_844.4) },
] as FeatureCard[];
const classes = [{ typical: [2.96, false, null, '2024-05-02'] }, { typical: [null, null, 'rare', null] }];
const card = { features, classes } as Pick<ModelCard, 'features' | 'classes'>;

describe('a typical row', () => {
  it('of all has means on the step, the median date and the most frequent values', () => {
    expect(startRow(features)).toEqual([2, true, 'most', '2024-05-01']);
  });

  it('of all has no value where most rows have none', () => {
    const gappy = { kind: 'category', nullable: true, missing: 0.5, values: [{ value: 'most', share: 0.9 }] };
    const rare = { ...gappy, values: [{ value: 'most', share: 1 }], missing: 0.51 };
    expect(startRow([gappy, rare] as FeatureCard[])).toEqual([null, null]);
  });

  it('of a class has its numbers on the step', () => {
    expect(typicalRow(card, 0)).toEqual([3, false, null, '2024-05-02']);
  });

  it('misses only what may be missing', () => {
    expect(typicalRow(card, 1)).toEqual([null, true, 'rare', null]);
  });
});

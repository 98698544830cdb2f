import type { FeatureCard } from '@coppice/contract';
import { describe, expect, it } from 'vitest';
import { sweptRange, sweptValues } from './sweep.ts';

const number = { kind: 'number', name: 'x', nullable: false, min: 0, max: 2, step: 0.5 } as FeatureCard;
const category = {
  ...{ kind: 'category', name: 'island', nullable: true },
  values: [
    { value: 'Biscoe', share: 0.6 },
    { value: 'Dream', share: 0.4 },
  ],
} as FeatureCard;
const date = { kind: 'date', name: 'day', nullable: true, min: 19_800, max: 19_804, step: 1 } as FeatureCard;

describe('a sweep', () => {
  it('takes a number through its slider’s range', () => {
    expect(sweptValues(number, 1)).toEqual([0, 0.5, 1, 1.5, 2, 2.5]);
    expect(sweptRange(number)).toEqual({ min: 0, max: 2.5, step: 0.5 });
  });

  it('takes no more steps than a picture needs, and fewer of a wide row', () => {
    const fine = { ...number, min: 0, max: 1, step: 0.001 } as FeatureCard;
    expect(sweptValues(fine, 0)).toHaveLength(61);
    expect(sweptValues(fine, 0, 1000)).toHaveLength(30);
    expect(sweptValues(fine, 0).at(-1)).toBe(1.25);
  });

  it('takes a category through its values, the present one and a gap', () => {
    expect(sweptValues(category, 'Dream')).toEqual(['Biscoe', 'Dream', null]);
    expect(sweptValues(category, 'Torgersen')).toEqual(['Biscoe', 'Dream', 'Torgersen', null]);
    expect(sweptRange(category)).toBeNull();
  });

  it('takes a boolean through yes and no', () => {
    expect(sweptValues({ kind: 'boolean', name: 'b', nullable: false } as FeatureCard, true)).toEqual([true, false]);
  });

  it('takes a date through days, a quarter of the range beyond it', () => {
    expect(sweptRange(date)).toEqual({ min: 19_799, max: 19_805, step: 1 });
    const values = sweptValues(date, null);
    expect(values).toHaveLength(8);
    expect(values.slice(0, 2)).toEqual(['2024-03-17', '2024-03-18']);
    expect(values.at(-1)).toBeNull();
  });

  it('ends where dates end', () => {
    expect(sweptRange({ ...date, max: 2_932_896 } as FeatureCard)?.max).toBe(2_932_896);
  });
});

import type { FeatureCard } from '@coppice/contract';
import { describe, expect, it } from 'vitest';
import { answersAlike, effectsOf, explainingRows, typicalValue } from './explain-row.ts';

const common = (name: string, missing = 0) => ({ name, unit: null, nullable: missing > 0, missing });
const measured = {
  ...{ min: 0, max: 10, mean: 6, std: 2, step: 1, sample: [1], deciles: [1, 2, 3, 4, 5.4, 6, 7, 8, 9] },
  histogram: { edges: [0, 10], counts: [9] },
};
const size: FeatureCard = { kind: 'number', ...common('size'), ...measured };
const day: FeatureCard = { kind: 'date', ...common('day'), ...measured };
const member: FeatureCard = { kind: 'boolean', ...common('member'), share: 0.7 };
const town: FeatureCard = {
  kind: 'category',
  ...common('town', 0.6),
  values: [{ value: 'York', share: 0.9 }],
  other: 0.1,
};

describe('what is typical', () => {
  it('is the median, the most frequent value, or that there is none', () => {
    expect([size, day, member, town].map(typicalValue)).toEqual([5.4, '1970-01-06', true, null]);
    expect(typicalValue({ ...town, missing: 0.4 })).toBe('York');
  });
});

describe('the rows that explain one', () => {
  const row = { feature_names: ['size', 'member', 'gone'], features: [2, true, 7] };

  it('are itself and a copy for each value that is not typical', () => {
    const { rows, replaced, left } = explainingRows(row, [size, member, town]);
    expect(rows).toEqual([
      { size: 2, member: true, gone: 7 },
      { size: 5.4, member: true, gone: 7 },
    ]);
    expect(replaced).toEqual([{ name: 'size', value: 2, typical: 5.4 }]);
    expect(left).toBe(0);
  });

  it('are as many as one request holds, and the rest is counted', () => {
    const features = Array.from({ length: 600 }, (_, i): FeatureCard => ({ ...size, name: `reading number ${i}` }));
    const { rows, replaced, left } = explainingRows({ feature_names: null, features: features.map(() => 1) }, features);
    expect(JSON.stringify(rows).length).toBeLessThan(1_000_000);
    expect(rows.length).toBeGreaterThan(50);
    expect(replaced.length + left).toBe(600);
  });
});

describe('the effects', () => {
  const answer = (...probability: number[]) => {
    const prediction = probability.indexOf(Math.max(...probability));
    return { prediction, class: 'ab'[prediction] as string, probability };
  };
  const replaced = ['size', 'member'].map((name) => ({ name, value: 1, typical: 2 }));

  it("are changes of the probability of the row's class, the largest first", () => {
    const effects = effectsOf(replaced, [answer(0.25, 0.75), answer(0.125, 0.875), answer(0.75, 0.25)]);
    expect(effects.map(({ name, change, class: then }) => [name, change, then])).toEqual([
      ['member', -0.5, 'a'],
      ['size', 0.125, 'b'],
    ]);
  });

  it('are of the same model only while it answers the row as it did', () => {
    const then = { prediction: 1, class: 'b', probability: [0.25, 0.75] };
    expect(answersAlike(then, answer(0.25, 0.75))).toBe(true);
    expect(answersAlike(then, answer(0.26, 0.74))).toBe(false);
    expect(answersAlike(then, answer(0.75, 0.25))).toBe(false);
    expect(answersAlike(then, undefined)).toBe(false);
  });
});

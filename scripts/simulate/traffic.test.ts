import { cardOf } from '@coppice/testkit/card-of-rows';
import { measuredFeature } from '@coppice/testkit/measured-feature';
import { iris } from '@coppice/testkit/sample-rows';
import { describe, expect, it } from 'vitest';
import { parseShift, type Shift } from './shift.ts';
import { createTraffic, wrongBodies } from './traffic.ts';

const { names, rows } = iris();
const card = cardOf(rows, names);
const plain = { seed: 1, shifts: [] as Shift[], noise: 0, users: 0, feedback: 0, errors: 0 };
const shift = (text: string) => parseShift(text) as Shift;

function draws(n: number, options: Partial<typeof plain>) {
  const next = createTraffic(card, { ...plain, ...options });
  return Array.from({ length: n }, () => {
    const draw = next();
    return {
      ...draw,
      json: draw.actual === null ? null : (JSON.parse(draw.body) as { features: number[]; user?: string }),
    };
  });
}
const mean = (values: number[]) => values.reduce((x, y) => x + y, 0) / values.length;

describe('simulated traffic', () => {
  it('is whole training rows with their true class', () => {
    const known = new Set(rows.map(({ features, label }) => JSON.stringify([features, `c${label}`])));
    for (const { json, actual } of draws(500, {})) expect(known).toContain(JSON.stringify([json?.features, actual]));
  });

  it('is the same for the same seed, and another for another', () => {
    const all = { noise: 0.1, users: 10, feedback: 0.5, errors: 0.1 };
    expect(draws(50, all)).toEqual(draws(50, all));
    expect(draws(50, all)).not.toEqual(draws(50, { ...all, seed: 2 }));
  });

  it('moves one feature by training standard deviations or by its own unit', () => {
    const before = draws(100, {}).map(({ json }) => json?.features as number[]);
    const byStd = draws(100, { shifts: [shift('petal_width=+1.5sd')] }).map(({ json }) => json?.features as number[]);
    const byUnit = draws(100, { shifts: [shift('sepal_length=-0.3')] }).map(({ json }) => json?.features as number[]);
    before.forEach((row, i) => {
      expect((byStd[i]?.[3] as number) - (row[3] as number)).toBeCloseTo(1.5 * measuredFeature(card, 3).std, 2);
      expect(byStd[i]?.slice(0, 3)).toEqual(row.slice(0, 3));
      expect((byUnit[i]?.[0] as number) - (row[0] as number)).toBeCloseTo(-0.3, 2);
    });
  });

  it('adds noise in training standard deviations, centred and without endless digits', () => {
    const noisy = draws(4000, { noise: 0.5 }).map(({ json }) => json?.features[1] as number);
    const std = measuredFeature(card, 1).std;
    const spread = Math.sqrt(mean(noisy.map((value) => (value - mean(noisy)) ** 2)));
    expect(spread / std).toBeCloseTo(Math.sqrt(1 + 0.5 ** 2), 1);
    expect(Math.abs(mean(noisy) - measuredFeature(card, 1).mean) / std).toBeLessThan(0.1);
    for (const value of noisy) expect(String(value).length).toBeLessThan(8);
  });

  it('draws users, feedback and invalid requests in the given shares', () => {
    const all = draws(5000, { users: 20, feedback: 0.8, errors: 0.1 });
    expect(new Set(all.map(({ user }) => user)).size).toBe(20);
    const wrong = all.filter(({ actual }) => actual === null);
    expect(wrong.length / all.length).toBeCloseTo(0.1, 1);
    expect(wrong.some(({ feedback }) => feedback)).toBe(false);
    expect(all.filter(({ feedback }) => feedback).length / (all.length - wrong.length)).toBeCloseTo(0.8, 1);
    expect(new Set(wrong.map(({ body }) => body))).toEqual(new Set(wrongBodies(card.features)));
    expect(draws(1, {})[0]?.json).not.toHaveProperty('user');
  });

  it('refuses to shift a feature that the model does not have', () => {
    expect(() => draws(1, { shifts: [shift('petals=+1sd')] })).toThrow(
      'the model has no feature petals; it has sepal_length, sepal_width, petal_length, petal_width',
    );
  });
});

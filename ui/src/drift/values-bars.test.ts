import { describe, expect, it } from 'vitest';
import { valueBars, valueRows } from './values-bars.ts';

const share = (training: number, now: number | null) => ({ training, now, p_adjusted: null });
const island = {
  rows: 100,
  values: [
    { value: 'Biscoe', training: 0.6, now: 0.5 },
    { value: 'Dream', training: 0.4, now: 0.35 },
  ],
  unseen: { ...share(0, 0.1), examples: [{ value: 'Lisbon', now: 0.1 }] },
  missing: share(0, 0.05),
} as never;

describe('the bars of a category', () => {
  it('are its values, then unseen and missing ones', () => {
    expect(valueRows(island)).toEqual([
      { label: 'Biscoe', training: 0.6, now: 0.5 },
      { label: 'Dream', training: 0.4, now: 0.35 },
      { label: 'unseen (Lisbon)', training: 0, now: 0.1 },
      { label: 'missing', training: 0, now: 0.05 },
    ]);
  });

  it('leave out unseen and missing where there are none', () => {
    const plain = { ...(island as object), unseen: { ...share(0, 0), examples: [] }, missing: share(0, null) } as never;
    expect(valueRows(plain).map(({ label }) => label)).toEqual(['Biscoe', 'Dream']);
  });

  it('are at most 8, the largest, and the others together', () => {
    const values = Array.from({ length: 20 }, (_, i) => ({
      value: `v${i}`,
      training: 0.05,
      now: i === 15 ? 0.62 : 0.02,
    }));
    const bars = valueBars({
      rows: 100,
      values,
      unseen: { ...share(0, 0), examples: [] },
      missing: share(0, 0.1),
    } as never);
    expect(bars).toHaveLength(8);
    expect(bars[0]).toEqual({ label: 'v15', training: 0.05, now: 0.62 });
    expect(bars.at(-2)?.label).toBe('14 more values');
    expect(bars.at(-2)?.now).toBeCloseTo(0.28, 12);
    expect(bars.reduce((sum, { training }) => sum + training, 0)).toBeCloseTo(1, 12);
  });
});

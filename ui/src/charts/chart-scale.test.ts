import { describe, expect, it } from 'vitest';
import { domainFromZero, linePath, lonePoints, scale, ticks, timeTicks } from './chart-scale.ts';

describe('charts', () => {
  it('map values to pixels, also upside down', () => {
    expect(scale([0, 10], [0, 100])(2.5)).toBe(25);
    expect(scale([0, 1], [100, 0])(0.25)).toBe(75);
    expect(scale([3, 3], [0, 100])(3)).toBe(50);
  });

  it.each([
    [[0, 1], 3, [0, 0.5, 1]],
    [[0, 100], 4, [0, 50, 100]],
    [[3.4, 8.8], 5, [4, 6, 8]],
    [[0.1, 0.35], 3, [0.1, 0.2, 0.3]],
    [[5, 5], 3, [5]],
  ] as const)('have round ticks in %j', (domain, wanted, expected) => expect(ticks(domain, wanted)).toEqual(expected));

  it('have ticks of time on the steps of a clock', () => {
    const from = Date.UTC(2026, 0, 1, 12, 3, 7);
    const found = timeTicks([from, from + 3_600_000], 4).map((time) => new Date(time).toISOString().slice(11, 16));
    expect(found).toEqual(['12:15', '12:30', '12:45', '13:00']);
  });

  it('leave a gap for a missing number', () => {
    const same = (value: number) => value;
    const points = [0, 1, 2, 3].map((x) => ({ x, y: x === 1 ? Number.NaN : x }));
    expect(linePath(points, same, same)).toBe('M0.0 0.0M2.0 2.0L3.0 3.0');
  });

  it('have ticks of time on days where the period is long', () => {
    const from = Date.UTC(2026, 0, 1, 5);
    const found = timeTicks([from, from + 30 * 86_400_000], 4).map((time) => new Date(time).toISOString());
    expect(found).toEqual(['2026-01-07T00:00:00.000Z', '2026-01-17T00:00:00.000Z', '2026-01-27T00:00:00.000Z']);
  });

  it('show a point between two gaps, too', () => {
    const points = [1, Number.NaN, 2, Number.NaN, 3, 4].map((y, x) => ({ x, y }));
    expect(lonePoints(points).map(({ x }) => x)).toEqual([0, 2]);
  });

  it('reach from zero to a round number', () => {
    expect(domainFromZero([0.2, 7.3])).toEqual([0, 10]);
    expect(domainFromZero([0.2, 7.3], 0, 4)).toEqual([0, 8]);
    expect(domainFromZero([])).toEqual([0, 1]);
    expect(domainFromZero([Number.NaN, 0.01], 0.05)[1]).toBeCloseTo(0.05);
  });
});

import { describe, expect, it } from 'vitest';
import { asymptoticP, exactP, ksTest } from './kolmogorov-smirnov.ts';

const linspace = (from: number, to: number, n: number) =>
  Array.from({ length: n }, (_, i) => from + ((to - from) * i) / (n - 1));

// scipy, stats/tests/test_stats.py
const tied = [...Array(3).fill(2), ...Array(4).fill(3), ...Array(5).fill(5), ...Array(4).fill(6)];
const published = [
  { name: 'tied values', a: tied, b: tied.map((x) => x + 1), d: 5 / 16, p: 0.4262934613454952 },
  {
    name: 'samples of 100 and 110',
    a: linspace(1, 100, 100),
    b: linspace(1, 100, 110).map((x) => x + 20.1),
    d: 232 / 1100,
    p: 0.015739183865607353,
  },
  { name: 'three values each', a: [1, 2, 3], b: [2, 3, 4], d: 1 / 3, p: 1 },
];

describe('the two-sample Kolmogorov–Smirnov test', () => {
  it.each(published)('gives scipy’s exact figures for $name', ({ a, b, d, p }) => {
    const test = ksTest(a, b);
    expect(test.statistic).toBeCloseTo(d, 14);
    expect(test.pValue).toBeCloseTo(p, 12);
    expect(ksTest(b, a)).toEqual(test);
  });

  it('gives scipy’s asymptotic figure where samples are large', () => {
    // computed with scipy 1.17.1, mode="asymp"
    expect(asymptoticP(100, 110, 232 / 1100)).toBeCloseTo(0.016541, 6);
    const large = ksTest(linspace(0, 1, 2000), linspace(0.1, 1.1, 2000));
    expect(large.pValue).toBe(asymptoticP(2000, 2000, large.statistic));
  });

  it('has the tabulated critical values: 1.358 at 5 %, 1.628 at 1 %', () => {
    const n = 1_000_000;
    const scale = Math.sqrt((n + n) / (n * n));
    expect(asymptoticP(n, n, 1.358 * scale)).toBeCloseTo(0.05, 3);
    expect(asymptoticP(n, n, 1.628 * scale)).toBeCloseTo(0.01, 4);
  });

  it('agrees with itself where it changes from exact to asymptotic, far in the tail too', () => {
    // p from 1e-2 to 5e-13: the limit is right to within half of p
    for (const gap of [25_000, 40_000, 60_000]) {
      const exact = exactP(500, 500, gap);
      expect(Math.abs(Math.log(asymptoticP(500, 500, gap / 250_000) / exact))).toBeLessThan(Math.log(1.5));
    }
  });

  it('says 1 for equal samples, and the number of orders for samples that do not overlap', () => {
    expect(ksTest([1, 2, 3], [1, 2, 3])).toEqual({ statistic: 0, pValue: 1 });
    // two of the C(10, 5) = 252 orders keep all of one sample before the other
    expect(ksTest([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]).pValue).toBeCloseTo(2 / 252, 14);
    expect(ksTest([7, 7, 7], [7, 7]).pValue).toBe(1);
  });

  it('never decreases p while the distance shrinks', () => {
    let last = 0;
    for (let d = 0.5; d > 0.001; d -= 0.001) {
      const p = asymptoticP(500, 2000, d);
      expect(p).toBeGreaterThanOrEqual(last * 0.98);
      last = p;
    }
    expect(last).toBeGreaterThan(0.99);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fisherExact } from './fisher-exact.ts';

const share = (count: number, rows: number) => ({ count, rows });

/** The upper tail in whole numbers. */
function exactly(a: number, n: number, b: number, m: number): number {
  const choose = (all: number, of: number) => {
    if (of < 0 || of > all) return 0n;
    let product = 1n;
    for (let i = 0; i < of; i++) product = (product * BigInt(all - i)) / BigInt(i + 1);
    return product;
  };
  let sum = 0n;
  for (let x = a; x <= Math.min(n, a + b); x++) sum += choose(n, x) * choose(m, a + b - x);
  return Number((sum * 10n ** 30n) / choose(n + m, a + b)) / 1e30;
}

describe('Fisher’s exact test', () => {
  it('has the probabilities of the lady who tasted tea', () => {
    expect(fisherExact(share(4, 4), share(0, 4), 'greater')).toBeCloseTo(1 / 70, 14);
    expect(fisherExact(share(3, 4), share(1, 4), 'greater')).toBeCloseTo(17 / 70, 14);
    expect(fisherExact(share(3, 4), share(1, 4), 'differs')).toBeCloseTo(34 / 70, 14);
  });

  it('is the same as in whole numbers', () => {
    const sizes = { n: fc.integer({ min: 1, max: 300 }), m: fc.integer({ min: 1, max: 300 }) };
    fc.assert(
      fc.property(fc.record({ ...sizes, a: fc.nat(), b: fc.nat() }), ({ n, m, a, b }) => {
        const [x, y] = [a % (n + 1), b % (m + 1)];
        const exact = exactly(x, n, y, m);
        const p = fisherExact(share(x, n), share(y, m), 'greater');
        expect(Math.abs(p - exact)).toBeLessThanOrEqual(1e-9 * exact + 1e-30);
      }),
      { seed: 5 },
    );
  });

  it('has nothing to say where no row, or every row, has the property', () => {
    expect(fisherExact(share(0, 500), share(0, 120), 'differs')).toBe(1);
    expect(fisherExact(share(500, 500), share(120, 120), 'differs')).toBeCloseTo(1, 9);
  });

  it('knows how little a few reference rows show, and that either side counts', () => {
    expect(fisherExact(share(25, 500), share(0, 100), 'differs')).toBeGreaterThan(0.01);
    expect(fisherExact(share(25, 500), share(0, 2000), 'differs')).toBeLessThan(1e-15);
    expect(fisherExact(share(0, 500), share(100, 2000), 'differs')).toBeLessThan(1e-9);
    expect(fisherExact(share(0, 500), share(100, 2000), 'greater')).toBe(1);
  });
});

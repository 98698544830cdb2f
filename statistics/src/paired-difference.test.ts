import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logChoose } from './log-choose.ts';
import { pairedDifference, Z95_ONE_SIDED } from './paired-difference.ts';
import { Z95 } from './wilson-interval.ts';

describe('the score interval of a paired difference', () => {
  // contingencytables of R (Fagerland, Lydersen and Laake 2017), on its data of Cavo et al. 2012
  it('of 6 and 16 of 161 rows is −0.124 to −0.0054, as published', () => {
    const [low, high] = pairedDifference(6, 16, 161);
    expect(low).toBeCloseTo(-0.124, 4);
    expect(high).toBeCloseTo(-0.0054, 4);
  });

  // from its definition: scipy 1.17 maximises the likelihood by search (score_interval in evaluation's scikit_learn.py)
  it.each([
    [6, 16, 161, -0.1240234324584046, -0.005433395319580122, Z95],
    [1, 7, 21, -0.5172322772712004, -0.026003030027561505, Z95],
    [5, 0, 30, 0.034234373525766984, 0.33564350506416496, Z95],
    [31, 4, 400, 0.04123524882340278, 0.09915189093231244, Z95],
    [480, 391, 100_000, 0.00031224857825707465, 0.0014715573938859625, Z95],
    [6, 16, 161, -0.11312605304293956, -0.015058363524266505, Z95_ONE_SIDED],
    [1, 7, 21, -0.4816224908257781, -0.07463076846326933, Z95_ONE_SIDED],
  ])('of %i and %i of %i rows is %d to %d', (b, c, rows, low, high, z) => {
    const ends = pairedDifference(b, c, rows, z);
    expect(ends[0]).toBeCloseTo(low, 7);
    expect(ends[1]).toBeCloseTo(high, 7);
  });

  it('keeps a width where the answers never differ: z² / (n + z²)', () => {
    const reach = Z95 ** 2 / (1000 + Z95 ** 2);
    const [low, high] = pairedDifference(0, 0, 1000);
    expect(low).toBeCloseTo(-reach, 12);
    expect(high).toBeCloseTo(reach, 12);
  });

  it('is everything without rows', () => {
    expect(pairedDifference(0, 0, 0)).toEqual([-1, 1]);
  });

  it('holds the difference, stays within −1 to 1, and mirrors', () => {
    const counts = fc.tuple(fc.nat(60), fc.nat(60), fc.nat(60)).filter(([b, c, rest]) => b + c + rest > 0);
    fc.assert(
      fc.property(counts, ([b, c, rest]) => {
        const rows = b + c + rest;
        const [low, high] = pairedDifference(b, c, rows);
        expect(low).toBeGreaterThanOrEqual(-1);
        expect(low).toBeLessThanOrEqual((b - c) / rows);
        expect(high).toBeGreaterThanOrEqual((b - c) / rows);
        expect(high).toBeLessThanOrEqual(1);
        const mirrored = pairedDifference(c, b, rows);
        expect(mirrored[0]).toBeCloseTo(-high, 12);
        expect(mirrored[1]).toBeCloseTo(-low, 12);
      }),
      { seed: 1 },
    );
  });

  it.each([
    [0.05, 0.05],
    [0.1, 0.05],
    [0.02, 0.05],
    [0.2, 0.1],
  ])('covers the difference of shares %d and %d about as often as it says, over all that 100 rows may show', (p, q) => {
    const rows = 100;
    let [twoSided, oneSided] = [0, 0];
    for (let b = 0; b <= 60; b++)
      for (let c = 0; c <= 40; c++) {
        const choices = logChoose(rows, b) + logChoose(rows - b, c);
        const chance = Math.exp(choices + b * Math.log(p) + c * Math.log(q) + (rows - b - c) * Math.log(1 - p - q));
        const [low, high] = pairedDifference(b, c, rows);
        if (low <= p - q && p - q <= high) twoSided += chance;
        if (pairedDifference(b, c, rows, Z95_ONE_SIDED)[0] <= p - q) oneSided += chance;
      }
    expect(twoSided).toBeGreaterThan(0.935);
    expect(twoSided).toBeLessThan(0.965);
    expect(oneSided).toBeGreaterThan(0.94);
    expect(oneSided).toBeLessThan(0.965);
  });

  it('refuses more rows of one kind than there are', () => {
    expect(() => pairedDifference(3, 2, 4)).toThrow(RangeError);
  });
});

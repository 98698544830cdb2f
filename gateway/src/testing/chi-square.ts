/** χ² above which a split over two versions is refused at p < 0.001 (1 degree of freedom). */
export const CHI_SQUARE_001 = 10.828;

/** For tests: Pearson's χ² of counts against shares. */
export function chiSquare(counts: readonly number[], shares: readonly number[]): number {
  const n = counts.reduce((sum, count) => sum + count, 0);
  return counts.reduce((sum, count, i) => {
    const expected = n * (shares[i] as number);
    return sum + (count - expected) ** 2 / expected;
  }, 0);
}

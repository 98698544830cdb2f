import { Z95 } from './wilson-interval.ts';

/** Standard normal quantile of a one-sided 95 % bound. */
export const Z95_ONE_SIDED = 1.6448536269514722;

/**
 * The score interval of the difference of two shares of the same rows (Tango 1998, "Equivalence test and confidence
 * interval for the difference in proportions for the paired-sample design", Statistics in Medicine 17; among those that
 * Fagerland, Lydersen and Laake 2014 recommend, for few rows too). Of `rows` rows `b` have the property in the first answer only,
 * `c` in the second only; the difference is first − second. Each end alone is a one-sided bound at the same `z`. From −1 to 1
 * without rows.
 */
export function pairedDifference(b: number, c: number, rows: number, z = Z95): [low: number, high: number] {
  if (!(b >= 0 && c >= 0 && b + c <= rows)) throw new RangeError(`${b} and ${c} of ${rows} rows are no parts`);
  if (rows === 0) return [-1, 1];
  return [lowerEnd(b, c, rows, z), -lowerEnd(c, b, rows, z)];
}

/** The difference below b/n − c/n at which the score reaches z: it falls as the difference rises. */
function lowerEnd(b: number, c: number, rows: number, z: number): number {
  let low = -1;
  let high = (b - c) / rows;
  // halves the width to the last digit of a number near 1
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (score(b, c, rows, middle) > z) low = middle;
    else high = middle;
  }
  return low;
}

/** How many standard errors the difference is above `difference`; those of the likeliest shares that differ by it. */
function score(b: number, c: number, rows: number, difference: number): number {
  const linear = -b - c + (2 * rows - b + c) * difference;
  const constant = -c * difference * (1 - difference);
  // share of rows that only the second has
  const second = (Math.sqrt(Math.max(0, linear * linear - 8 * rows * constant)) - linear) / (4 * rows);
  const variance = Math.max(0, rows * (2 * second + difference * (1 - difference)));
  return (b - c - rows * difference) / Math.sqrt(variance);
}

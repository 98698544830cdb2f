/** Standard normal quantiles of two-sided intervals. */
export const Z95 = 1.959964;
export const Z999 = 3.290527;

/** The Wilson score interval of a share (Wilson 1927), 95 % unless told; the whole of 0–1 while nothing was counted. */
export function wilson(successes: number, n: number, z = Z95): [low: number, high: number] {
  if (n === 0) return [0, 1];
  const share = successes / n;
  const z2 = z * z;
  const centre = (share + z2 / (2 * n)) / (1 + z2 / n);
  const half = (z / (1 + z2 / n)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

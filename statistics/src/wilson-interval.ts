/** Standard normal quantiles of two-sided intervals. */
export const Z95 = 1.959963984540054;
export const Z999 = 3.290526731491926;

/**
 * The Wilson score interval of a proportion, without continuity correction (Wilson 1927; Newcombe 1998, method 3); 95 %
 * by default. The whole of 0–1 when there are no trials. Throws a RangeError for more successes than trials.
 */
export function wilsonInterval(successes: number, trials: number, z = Z95): [low: number, high: number] {
  if (!(trials >= 0 && successes >= 0 && successes <= trials))
    throw new RangeError(`${successes} of ${trials} is no proportion`);
  if (trials === 0) return [0, 1];
  const p = successes / trials;
  const z2 = z * z;
  const centre = 2 * trials * p + z2;
  const spread = z * Math.sqrt(z2 + 4 * trials * p * (1 - p));
  const scale = 2 * (trials + z2);
  return [Math.max(0, (centre - spread) / scale), Math.min(1, (centre + spread) / scale)];
}

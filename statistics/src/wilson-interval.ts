/** 97.5 % quantile of the standard normal distribution. */
const Z = 1.959963984540054;

/**
 * The 95 % Wilson score interval of a proportion, without continuity correction (Wilson 1927; Newcombe 1998, method 3).
 * Throws a RangeError for no trials or more successes than trials.
 */
export function wilsonInterval(successes: number, trials: number): [low: number, high: number] {
  if (!(trials > 0 && successes >= 0 && successes <= trials))
    throw new RangeError(`${successes} of ${trials} is no proportion`);
  const p = successes / trials;
  const z2 = Z * Z;
  const centre = 2 * trials * p + z2;
  const spread = Z * Math.sqrt(z2 + 4 * trials * p * (1 - p));
  const scale = 2 * (trials + z2);
  return [Math.max(0, (centre - spread) / scale), Math.min(1, (centre + spread) / scale)];
}

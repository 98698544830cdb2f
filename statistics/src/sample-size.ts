import quantile from '@stdlib/stats-base-dists-normal-quantile';
import { sequenceBound } from './confidence-sequence.ts';

const POWER = 0.8;

/**
 * The smallest H (Σ n_T·n_C/N) at which an `effect` is seen with probability `power`: effect·√(H/(variance·designEffect))
 * = k(H/designEffect, α) + Φ⁻¹(power). `variance` is that of one row, v0/h of a comparison. Infinity for an effect of 0,
 * 0 for no variance.
 */
export function neededH(options: {
  effect: number;
  variance: number;
  designEffect: number;
  alpha: number;
  power?: number;
}): number {
  const { effect, variance, designEffect, alpha, power = POWER } = options;
  if (effect === 0) return Number.POSITIVE_INFINITY;
  if (variance === 0) return 0;
  const z = quantile(power, 0, 1);
  const steepness = Math.abs(effect) / Math.sqrt(variance);
  const beyond = (x: number) => steepness * Math.sqrt(x) - sequenceBound(x, alpha) - z;
  // the left side grows faster than the bound wherever they are equal: there is one root
  let high = 1;
  while (beyond(high) < 0) high *= 2;
  let low = high / 2;
  while (beyond(low) > 0) low /= 2;
  for (let i = 0; i < 60 && high - low > 1e-14 * high; i++) {
    const middle = (low + high) / 2;
    if (beyond(middle) < 0) low = middle;
    else high = middle;
  }
  return high * designEffect;
}

/**
 * How many rows of both arms together show an `effect`, before anything is counted: `neededH` at the candidate's `share`
 * of rows. The variance of one row, or the `probability` of a 0/1 metric.
 */
export function neededRows(
  options: {
    effect: number;
    share: number;
    designEffect?: number;
    alpha?: number;
    power?: number;
  } & ({ probability: number } | { variance: number }),
): number {
  const { effect, share, designEffect = 1, alpha = 0.05, power = POWER } = options;
  const variance = 'variance' in options ? options.variance : options.probability * (1 - options.probability);
  return neededH({ effect, variance, designEffect, alpha, power }) / (share * (1 - share));
}

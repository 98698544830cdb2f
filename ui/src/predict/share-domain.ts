import type { Domain } from '../charts/chart-scale.ts';

/** A smaller difference of probabilities is not worth the whole height. */
const LEAST = 0.1;
const STEP = 0.05;

/** The axis of probabilities that fits them: on steps of 5 points, at least 10 points high, inside 0–1. */
export function shareDomain(shares: readonly number[]): Domain {
  const known = shares.filter(Number.isFinite);
  if (known.length === 0) return [0, 1];
  let low = Math.floor(Math.min(...known) / STEP + 1e-9) * STEP;
  let high = Math.ceil(Math.max(...known) / STEP - 1e-9) * STEP;
  while (high - low < LEAST - 1e-9) {
    if (high < 1 - 1e-9) high += STEP;
    if (high - low < LEAST - 1e-9 && low > 1e-9) low -= STEP;
  }
  const clean = (value: number) => Number(Math.min(1, Math.max(0, value)).toFixed(2));
  return [clean(low), clean(high)];
}

import { Z95 } from '@coppice/statistics/wilson-interval';

/** Mean of some values and its 95 % interval by the normal approximation; the mean alone for fewer than two values. */
export function meanInterval(values: ArrayLike<number>): { mean: number; interval: [low: number, high: number] } {
  const n = values.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i] as number;
  const mean = sum / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += ((values[i] as number) - mean) ** 2;
  const spread = n < 2 ? 0 : Z95 * Math.sqrt(squares / (n - 1) / n);
  return { mean, interval: [mean - spread, mean + spread] };
}

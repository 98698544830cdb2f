import type { Domain } from '../charts/chart-scale.ts';

/** What an axis is divided by, so that both of its ends are marked. */
const steps = [0.05, 0.1, 0.2, 0.5];
const MOST_PARTS = 4;

/** The axis of probabilities that fits them: two to four equal parts of 5 to 50 points, inside 0–1. */
export function shareDomain(shares: readonly number[]): Domain {
  const known = shares.filter(Number.isFinite);
  if (known.length === 0) return [0, 1];
  const [least, most] = [Math.min(...known), Math.max(...known)];
  for (const step of steps) {
    let low = Math.floor(least / step + 1e-9);
    let high = Math.ceil(most / step - 1e-9);
    const top = Math.floor(1 / step + 1e-9);
    while (high - low < 2) {
      if (high < top) high++;
      else low--;
    }
    if (high - low <= MOST_PARTS && high * step <= 1 + 1e-9) return [clean(low * step), clean(high * step)];
  }
  return [0, 1];
}

const clean = (value: number) => Number(value.toFixed(2));

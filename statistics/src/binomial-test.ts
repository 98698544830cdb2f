import { logChoose } from './log-choose.ts';

/**
 * The exact binomial test: the probability of a count at least this far from `trials` · `probability`, to either side (twice the
 * smaller tail, at most 1). 1 without trials; `count` and `trials` are whole numbers.
 */
export function binomialTest(count: number, trials: number, probability: number): number {
  const atMost = lowerTail(count, trials, probability);
  const atLeast = lowerTail(trials - count, trials, 1 - probability);
  return Math.min(1, 2 * Math.min(atMost, atLeast));
}

/** P(X ≤ count); 1 where it is a half or more, as the median of a binomial is its mean rounded up or down (Kaas and Buhrman 1980). */
function lowerTail(count: number, trials: number, probability: number): number {
  if (count >= trials * probability) return 1;
  if (probability >= 1) return 0;
  const odds = probability / (1 - probability);
  let term = Math.exp(
    logChoose(trials, count) + count * Math.log(probability) + (trials - count) * Math.log1p(-probability),
  );
  let tail = 0;
  for (let k = count; k >= 0 && term > 0; k--) {
    tail += term;
    term *= k / (trials - k + 1) / odds;
  }
  return tail;
}

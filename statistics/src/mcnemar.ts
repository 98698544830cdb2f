import { logChoose } from './log-choose.ts';

/**
 * The exact McNemar test (McNemar 1947): the probability, when two answers to the same rows are right equally often, of
 * rows that one alone got right (`b`) and rows that the other alone got right (`c`) at least this uneven. Two-sided binomial
 * with a half; 1 without such rows. Whole numbers.
 */
export function mcnemar(b: number, c: number): number {
  const n = b + c;
  const fewer = Math.min(b, c);
  let term = Math.exp(logChoose(n, fewer) - n * Math.LN2);
  let tail = 0;
  for (let k = fewer; k >= 0 && term > 0; k--) {
    tail += term;
    term *= k / (n - k + 1);
  }
  return Math.min(1, 2 * tail);
}

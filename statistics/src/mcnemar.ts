import { binomialTest } from './binomial-test.ts';

/**
 * The exact McNemar test (McNemar 1947): the probability, when two answers to the same rows are right equally often, of
 * rows that one alone got right (`b`) and rows that the other alone got right (`c`) at least this uneven. Two-sided; 1
 * without such rows. Whole numbers.
 */
export function mcnemar(b: number, c: number): number {
  return binomialTest(b, b + c, 0.5);
}

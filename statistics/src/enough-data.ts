import { bucketsWithData, type EpochPair, totalOf } from './bucketed.ts';

const LEAST_EXPECTED = 5;
const LEAST_ROWS = 100;
const LEAST_BUCKETS = 8;
const LEAST_SLICES = 6;
const LEAST_EVENTS = 3;

/** Whether a 0/1 metric has enough of both values in the smaller arm, 5 expected, for a normal approximation. */
export function enoughBinary(epochs: readonly EpochPair[]): boolean {
  let [nT, nC, sum] = [0, 0, 0];
  for (const { candidate, baseline } of epochs) {
    nT += totalOf(candidate.n);
    nC += totalOf(baseline.n);
    sum += totalOf(candidate.sum) + totalOf(baseline.sum);
  }
  const n = nT + nC;
  return n > 0 && Math.min(sum, n - sum) * Math.min(nT, nC) >= LEAST_EXPECTED * n;
}

/** Whether an outcome has 100 rows per arm, and data in 8 buckets. */
export function enoughOutcome(epochs: readonly EpochPair[]): boolean {
  let [nT, nC] = [0, 0];
  for (const { candidate, baseline } of epochs) {
    nT += totalOf(candidate.n);
    nC += totalOf(baseline.n);
  }
  return nT >= LEAST_ROWS && nC >= LEAST_ROWS && bucketsWithData(epochs) >= LEAST_BUCKETS;
}

/** Whether events can be evidence of harm: 3 of the candidate, and requests in 6 slices of time. */
export function enoughEvents(candidateEvents: number, slices: number): boolean {
  return candidateEvents >= LEAST_EVENTS && slices >= LEAST_SLICES;
}

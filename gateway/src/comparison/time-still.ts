import type { MeanComparison } from '@coppice/contract';
import { type EpochPair, totalOf } from '@coppice/statistics/bucketed';
import type { MeanDifference } from '@coppice/statistics/mean-difference';
import { neededH } from '@coppice/statistics/sample-size';

type TimedPair = EpochPair & { share: number; started: number; updated: number };

const DAY = 86_400_000;

/**
 * How long until an `effect` shows with probability 0.8. Information grows as it did in the last 24 hours, or since the
 * first row if that is later; within an epoch it counts as spread evenly from its first row to its last one, since cells keep
 * no times. Times in milliseconds since the epoch. Epochs need rows of both versions.
 */
export function timeStill(
  epochs: readonly TimedPair[],
  { h, v0, designEffect }: Pick<MeanDifference, 'h' | 'v0' | 'designEffect'>,
  { effect, alpha, now }: { effect: number; alpha: number; now: number },
): NonNullable<MeanComparison['still']> {
  const missing = Math.max(0, neededH({ effect, variance: v0 / h, designEffect, alpha, power: 0.8 }) - h);
  if (missing === 0) return { effect, rows: 0, seconds: 0 };
  const last = epochs.at(-1) as TimedPair;
  // the weights' share says how many rows make up the information; of weights without one of both, the rows so far
  const share = last.share > 0 && last.share < 1 ? last.share : observedShare(last);
  const from = Math.max(now - DAY, Math.min(...epochs.map(({ started }) => started)));
  const gained = epochs.reduce((sum, epoch) => sum + informationOf(epoch) * partSince(epoch, from), 0);
  return {
    effect,
    rows: Math.ceil(missing / (share * (1 - share))),
    seconds: gained > 0 && now > from ? Math.ceil((missing / gained) * ((now - from) / 1000)) : null,
  };
}

function informationOf({ candidate, baseline }: EpochPair): number {
  const [nT, nC] = [totalOf(candidate.n), totalOf(baseline.n)];
  return (nT * nC) / (nT + nC);
}

function observedShare({ candidate, baseline }: EpochPair): number {
  const [nT, nC] = [totalOf(candidate.n), totalOf(baseline.n)];
  return nT / (nT + nC);
}

/** Which part of an epoch's time lies after a moment. */
function partSince({ started, updated }: TimedPair, from: number): number {
  if (started >= from) return 1;
  return updated <= from ? 0 : (updated - from) / (updated - started);
}

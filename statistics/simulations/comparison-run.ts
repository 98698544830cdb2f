import { BUCKETS, type Bucketed, type EpochPair, emptyBucketed } from '../src/bucketed.ts';
import { enoughBinary } from '../src/enough-data.ts';
import { type MeanDifference, meanDifference } from '../src/mean-difference.ts';
import type { Chance } from './chance.ts';
import { nextLook } from './looks.ts';

const ALPHA = 0.05;

export type ComparisonSettings = {
  /** Epochs one after the other: rows with feedback, the candidate's share of them, accuracy of both arms. */
  epochs: { rows: number; share: number; candidate: number; baseline: number }[];
  /** Sticky users with an accuracy of their own (beta, correlation `icc` within a user); without, rows are independent. */
  users?: { count: number; icc: number };
  /** What the product does not do, for comparison. */
  instead?: 'each row counted' | 'pooled over epochs';
  /** Ends the run at the first verdict. */
  untilVerdict?: boolean;
};

/** Columns of a run: rows at the first verdict (0: none), whether an interval ever missed the truth, last effect. */
export type ComparisonRun = [
  verdictAt: number,
  missed: number,
  effect: number,
  verdictInstead: number,
  insteadEffect: number,
];

/** An experiment that is looked at all the time, with the gate, buckets and intervals of the product. */
export function comparisonRun(chance: Chance, settings: ComparisonSettings): ComparisonRun {
  const { instead, untilVerdict } = settings;
  const users = settings.users && makeUsers(chance, settings.users);
  const epochs: EpochPair[] = [];
  const pooled: EpochPair = { candidate: emptyBucketed(), baseline: emptyBucketed() };
  const result: ComparisonRun = [0, 0, Number.NaN, 0, Number.NaN];
  let n = 0;
  let look = 1;
  for (const epoch of settings.epochs) {
    const pair = { candidate: emptyBucketed(), baseline: emptyBucketed() };
    epochs.push(pair);
    const truth = epoch.candidate - epoch.baseline;
    for (let i = 0; i < epoch.rows; i++) {
      const user = users?.[Math.floor(users.length * chance.next() ** 2)];
      const assigned = (user?.position ?? chance.next()) < epoch.share ? 'candidate' : 'baseline';
      const bucket = user?.bucket ?? chance.below(BUCKETS);
      const right = chance.next() < epoch[assigned] + (user?.offset ?? 0) ? 1 : 0;
      count(pair[assigned], bucket, right);
      if (instead === 'pooled over epochs') count(pooled[assigned], bucket, right);
      n++;
      if (n < look) continue;
      look = nextLook(n);
      if (!enoughBinary(epochs)) continue;
      const difference = meanDifference(epochs, { alpha: ALPHA });
      if (difference) {
        result[2] = difference.effect;
        if (result[0] === 0 && verdict(difference)) result[0] = n;
        if (difference.interval[0] > truth || difference.interval[1] < truth) result[1] = 1;
        if (untilVerdict && result[0] > 0) return result;
      }
      if (!instead) continue;
      const other =
        instead === 'each row counted'
          ? meanDifference(epochs, { alpha: ALPHA, useBuckets: false })
          : meanDifference([pooled], { alpha: ALPHA });
      if (!other) continue;
      result[4] = other.effect;
      if (result[3] === 0 && verdict(other)) result[3] = n;
    }
  }
  return result;
}

const verdict = ({ interval }: MeanDifference): boolean => interval[0] > 0 || interval[1] < 0;

function count({ n, sum, squares }: Bucketed, bucket: number, y: number): void {
  n[bucket] = (n[bucket] as number) + 1;
  sum[bucket] = (sum[bucket] as number) + y;
  squares[bucket] = (squares[bucket] as number) + y * y;
}

type User = { position: number; bucket: number; offset: number };

/** Offsets are from an accuracy of 0.9, whose users have a beta distribution. */
function makeUsers(chance: Chance, { count, icc }: { count: number; icc: number }): User[] {
  const strength = 1 / icc - 1;
  return Array.from({ length: count }, () => ({
    position: chance.next(),
    bucket: chance.below(BUCKETS),
    offset: chance.beta(0.9 * strength, 0.1 * strength) - 0.9,
  }));
}

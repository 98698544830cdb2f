import type { FeedbackRules } from '../port/feedback.ts';
import type { Origin } from '../port/record-store.ts';
import { type CellDeltas, isCompared } from './cell-deltas.ts';

/** What feedback to a prediction is stored. `counted` and `cost`: as they are in the cells. */
export type KeptFeedback = {
  actual: string | null;
  outcome: number | null;
  counted: number | null;
  cost: number | null;
};
export const noFeedback: KeptFeedback = { actual: null, outcome: null, counted: null, cost: null };

/** An answered prediction, with what there is of feedback to it. */
export type PredictedRow = Omit<Origin, 'release'> & {
  /** In lower case. */
  id: string;
  /** Milliseconds since the epoch. */
  time: number;
  class: string;
  probability: ArrayLike<number> | null;
  /** Null in rows of before. */
  epoch: number | null;
  bucket: number | null;
  /** The shadow version's answer to the same row. */
  shadow: { version: string; class: string } | null;
  kept: KeptFeedback;
};
/** What a pair of answers to one row needs. */
export type PairedRow = Pick<PredictedRow, 'version' | 'assigned' | 'source' | 'class' | 'epoch' | 'bucket'>;

/** A probability of 0 would make one row's log loss infinite (scikit-learn's `log_loss` clips at about as much). */
const LEAST_PROBABILITY = 1e-15;

/** Adds what feedback to a row counts to the cells, or takes it back (`sign` -1). */
export function takeIn(cells: CellDeltas, row: PredictedRow, kept: KeptFeedback, rules: FeedbackRules, sign: 1 | -1) {
  const at = placeOf(row);
  if (at === null) return;
  const { epoch, bucket, version } = at;
  if (kept.actual !== null) {
    cells.add(epoch, version, 'accuracy', bucket, sign, kept.actual === row.class ? 1 : 0);
    const loss = logLoss(row, kept.actual, rules.classes);
    if (loss !== null) cells.add(epoch, version, 'log_loss', bucket, sign, loss);
    if (row.shadow !== null) addPair(cells, row, row.shadow, kept.actual, sign);
  }
  if (kept.cost !== null) cells.add(epoch, version, 'cost', bucket, sign, kept.cost);
  if (kept.counted !== null) cells.add(epoch, version, 'outcome', bucket, sign, kept.counted);
}

/** Adds a row whose actual class is known and that a shadow version answered too. */
export function addPair(
  cells: CellDeltas,
  row: PairedRow,
  shadow: { version: string; class: string },
  actual: string,
  sign: 1 | -1,
): void {
  const at = placeOf(row);
  if (at === null) return;
  const [live, other] = [row.class === actual, shadow.class === actual];
  const counts = [sign, live && !other ? sign : 0, other && !live ? sign : 0] as const;
  cells.addSums(at.epoch, { version: at.version, metric: 'paired', against: shadow.version }, at.bucket, counts);
}

/** Where a row counts; null for one that its assigned version did not answer, or that is no traffic of an epoch. */
function placeOf({ version, assigned, source, epoch, bucket }: PairedRow) {
  if (epoch === null || bucket === null || assigned !== version || !isCompared({ assigned, source })) return null;
  return { epoch, bucket, version };
}

/** −ln of the probability that the version gave the actual class; null if it gave none. */
function logLoss({ probability }: PredictedRow, actual: string, classes: readonly string[]): number | null {
  const p = probability?.[classes.indexOf(actual)];
  if (p === undefined || !(p >= 0)) return null;
  // + 0: -ln 1 is -0
  return -Math.log(Math.min(Math.max(p, LEAST_PROBABILITY), 1)) + 0;
}

/** Why answers are not predictions, in one line for people. */
export class PredictionFault extends Error {}

export type ClassModel = {
  classes: number;
  /** In class order, where known. */
  classNames: readonly string[] | null;
  /** `argmax`, the default: the label is the class with the largest probability. `threshold`: it may be any class. */
  decision?: 'argmax' | 'threshold' | undefined;
};

/** Rounding that sums of FP32 shares may have, and the distance within which two classes tie. */
const TOLERANCE = 1e-3;

/**
 * Throws `PredictionFault` for the first row (from 0) that is not a prediction: `shares`, if there are any, must be
 * probabilities that sum to 1, and each label the index of the most probable class, or of any class with a threshold.
 */
export function checkPredictions(
  model: ClassModel,
  rows: number,
  labels: ArrayLike<number | bigint>,
  shares: ArrayLike<number | bigint> | null,
): void {
  const { classes } = model;
  if (labels.length !== rows || (shares && shares.length !== rows * classes))
    throw new PredictionFault(
      `${labels.length} labels${shares ? ` and ${shares.length} probabilities` : ''} for ${rows} rows of ${classes} classes`,
    );
  for (let row = 0; row < rows; row++) {
    if (shares) checkShares(model, row, shares);
    const label = labels[row];
    const index = typeof label === 'bigint' ? Number(label) : label;
    if (!(Number.isInteger(index) && (index as number) >= 0 && (index as number) < classes))
      throw new PredictionFault(
        `row ${row} has label ${label}: must be the index of a class, from 0 to ${classes - 1}`,
      );
    if (shares && model.decision !== 'threshold') checkLikeliest(model, row, index as number, shares);
  }
}

function checkShares(model: ClassModel, row: number, shares: ArrayLike<number | bigint>): void {
  const { classes } = model;
  let sum = 0;
  for (let index = 0; index < classes; index++) {
    const share = shares[row * classes + index] as number;
    // written so that NaN fails too, and what is no number
    if (!(typeof share === 'number' && share >= -TOLERANCE && share <= 1 + TOLERANCE))
      throw new PredictionFault(
        `row ${row} has probability ${short(share)} of class ${nameOf(model, index)}: must be from 0 to 1`,
      );
    sum += share;
  }
  if (Math.abs(sum - 1) > TOLERANCE)
    throw new PredictionFault(`row ${row} has probabilities that sum to ${short(sum)}: must sum to 1`);
}

function checkLikeliest(model: ClassModel, row: number, label: number, shares: ArrayLike<number | bigint>): void {
  const share = (index: number) => shares[row * model.classes + index] as number;
  let best = label;
  for (let index = 0; index < model.classes; index++) if (share(index) > share(best)) best = index;
  if (share(best) <= share(label) + TOLERANCE) return;
  const [own, largest] = [nameOf(model, label), nameOf(model, best)];
  throw new PredictionFault(
    `row ${row} has label ${label} (${own}), but class ${largest} has the largest probability ` +
      `(${short(share(best))}, ${own} has ${short(share(label))}): ` +
      'must be the most probable class, unless the card declares "decision":"threshold"',
  );
}

const nameOf = ({ classNames }: ClassModel, index: number) => classNames?.[index] ?? String(index);
const short = (value: unknown) => (typeof value === 'number' ? String(Number(value.toPrecision(4))) : String(value));

import type { ModelCard } from '@coppice/contract';

/** Why answers are not predictions, in one line for people. */
export class PredictionFault extends Error {}

type Classes = { classes: readonly { name: string }[]; decision?: ModelCard['decision'] };

/** Rounding that sums of FP32 shares may have, and the distance within which two classes tie. */
const TOLERANCE = 1e-3;

/**
 * Throws `PredictionFault` for the first row (from 0) that is not a prediction: `shares` must be probabilities that sum
 * to 1, and each label the index of the most probable class, or of any class if the card declares a threshold.
 */
export function checkPredictions(
  { classes, decision }: Classes,
  rows: number,
  labels: ArrayLike<number | bigint>,
  shares: ArrayLike<number | bigint>,
): void {
  const width = classes.length;
  const nameOf = (index: number) => classes[index]?.name;
  if (labels.length !== rows || shares.length !== rows * width)
    throw new PredictionFault(
      `${labels.length} labels and ${shares.length} probabilities for ${rows} rows of ${width} classes`,
    );
  for (let row = 0; row < rows; row++) {
    const refuse = (what: string) => {
      throw new PredictionFault(`row ${row} has ${what}`);
    };
    const share = (index: number) => Number(shares[row * width + index]);
    let sum = 0;
    let best = 0;
    for (let index = 0; index < width; index++) {
      const value = share(index);
      // written so that NaN fails too
      if (!(value >= -TOLERANCE && value <= 1 + TOLERANCE))
        refuse(`probability ${short(value)} of class ${nameOf(index)}: must be from 0 to 1`);
      if (value > share(best)) best = index;
      sum += value;
    }
    if (Math.abs(sum - 1) > TOLERANCE) refuse(`probabilities that sum to ${short(sum)}: must sum to 1`);
    const label = Number(labels[row]);
    if (!(Number.isInteger(label) && label >= 0 && label < width))
      refuse(`label ${label}: must be the index of a class, from 0 to ${width - 1}`);
    if (decision !== 'threshold' && share(label) < share(best) - TOLERANCE)
      refuse(
        `label ${label} (${nameOf(label)}), but class ${nameOf(best)} has the largest probability ` +
          `(${short(share(best))}, ${nameOf(label)} has ${short(share(label))}): ` +
          'must be the most probable class, unless the card declares "decision":"threshold"',
      );
  }
}

const short = (value: number) => String(Number(value.toPrecision(4)));

import type { InferAnswer } from './infer-job.ts';

/** Probabilities may miss 0, 1, their sum and each other by this much: some servers compute in single precision. */
const TOLERANCE = 1e-3;

type Model = {
  classes: number;
  /** `threshold`: the label need not be the likeliest class. */
  decision: 'argmax' | 'threshold';
};

/**
 * A version's answer, if it is a prediction: a class for each row, and either no probabilities or those of all classes,
 * each in 0–1, in sum 1, the largest one that of the label. Throws what is wrong, where, and what is allowed.
 */
export function checkAnswer(
  labels: ArrayLike<number> | null,
  probabilities: ArrayLike<number> | null,
  rows: number,
  { classes, decision }: Model,
): InferAnswer {
  if (!labels && !probabilities) throw new Error('it has neither labels nor probabilities');
  if (probabilities) checkProbabilities(probabilities, rows, classes);
  const winners = labels ?? largest(probabilities as ArrayLike<number>, classes);
  if (winners.length !== rows) throw new Error(`it has ${winners.length} labels for ${rows} rows`);
  for (let row = 0; row < rows; row++) {
    const label = winners[row] as number;
    if (!(Number.isInteger(label) && label >= 0 && label < classes))
      throw new Error(`the label ${label} of row ${row} is none of the classes 0 to ${classes - 1}`);
    if (probabilities && labels && decision === 'argmax') checkLikeliest(probabilities, row, label, classes);
  }
  return { labels: winners, probabilities, classes };
}

function checkProbabilities(probabilities: ArrayLike<number>, rows: number, classes: number): void {
  if (probabilities.length !== rows * classes)
    throw new Error(`it has ${probabilities.length} probabilities for ${rows} rows of ${classes} classes`);
  for (let row = 0, i = 0; row < rows; row++) {
    let sum = 0;
    for (const end = i + classes; i < end; i++) {
      const p = probabilities[i] as number;
      // also false for NaN, and for what is no number
      if (!(typeof p === 'number' && p >= -TOLERANCE && p <= 1 + TOLERANCE))
        throw new Error(`the probability ${p} of row ${row} is not within 0 to 1`);
      sum += p;
    }
    if (!(Math.abs(sum - 1) <= TOLERANCE))
      throw new Error(`the probabilities of row ${row} add up to ${Number(sum.toPrecision(6))}, not to 1`);
  }
}

function checkLikeliest(probabilities: ArrayLike<number>, row: number, label: number, classes: number): void {
  const first = row * classes;
  const own = (probabilities[first + label] as number) + TOLERANCE;
  for (let i = first; i < first + classes; i++)
    if ((probabilities[i] as number) > own)
      throw new Error(`the label ${label} of row ${row} is not its likeliest class, ${i - first}`);
}

function largest(shares: ArrayLike<number>, classes: number): number[] {
  return Array.from({ length: shares.length / classes }, (_, row) => {
    let best = 0;
    for (let c = 1; c < classes; c++)
      if ((shares[row * classes + c] as number) > (shares[row * classes + best] as number)) best = c;
    return best;
  });
}

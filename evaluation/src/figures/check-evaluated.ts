import type { Evaluated } from './answers.ts';

/** What single precision leaves of a sum. */
const ROUNDING = 1e-6;

/** Throws a RangeError when there are no test rows, or when rows, labels and answers do not fit each other. */
export function checkEvaluated({ classes, features, rows, actual, answers, trained }: Evaluated): void {
  const n = rows.length;
  if (n === 0) throw new RangeError('there are no test rows to evaluate the model by');
  expectLength('labels', actual.length, n);
  expectLength('answers', answers.answered.length, n);
  if (answers.probabilities !== null) expectLength('probabilities', answers.probabilities.length, n * classes.length);
  if (trained !== null) expectLength('training counts', trained.length, classes.length);
  expectLength('values in the first row', rows[0]?.length as number, features.length);
  for (let row = 0; row < n; row++) {
    expectClass('label', actual[row] as number, row, classes.length);
    expectClass('answer', answers.answered[row] as number, row, classes.length);
  }
  const odd =
    answers.probabilities?.findIndex((probability) => !(probability >= -ROUNDING && probability <= 1 + ROUNDING)) ?? -1;
  if (odd >= 0)
    throw new RangeError(
      `${answers.probabilities?.[odd]} in test row ${Math.floor(odd / classes.length) + 1} is no probability`,
    );
}

function expectLength(what: string, found: number, expected: number): void {
  if (found !== expected) throw new RangeError(`there are ${found} ${what}, where ${expected} belong`);
}

function expectClass(what: string, index: number, row: number, classes: number): void {
  if (!(Number.isInteger(index) && index >= 0 && index < classes))
    throw new RangeError(`the ${what} of test row ${row + 1} is ${index}, no index of the ${classes} classes`);
}

/** One class against the rest: its probability in each row, and whether the row is of the class. */
export type ClassScores = { scores: Float64Array; positive: Uint8Array };

/** The scores of class number `index` of `classes`. */
export function classScores(
  index: number,
  classes: number,
  actual: ArrayLike<number>,
  probabilities: Float64Array,
): ClassScores {
  const rows = actual.length;
  const scores = new Float64Array(rows);
  const positive = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    scores[row] = probabilities[row * classes + index] as number;
    positive[row] = Number(actual[row] === index);
  }
  return { scores, positive };
}

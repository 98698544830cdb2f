/** Rows whose probabilities do not add up to 1 within a thousandth. */
export function oddProbabilities(classes: number, probabilities: Float64Array): number {
  let rows = 0;
  for (let at = 0; at < probabilities.length; at += classes) {
    let sum = 0;
    for (let index = 0; index < classes; index++) sum += probabilities[at + index] as number;
    if (!(Math.abs(sum - 1) <= 1e-3)) rows++;
  }
  return rows;
}

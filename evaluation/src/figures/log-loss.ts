/** Mean of −ln of the right class's probability, which counts as at least 2⁻⁵² and at most 1 − 2⁻⁵², as in scikit-learn. */
export function logLoss(classes: number, actual: ArrayLike<number>, probabilities: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < actual.length; row++) {
    const right = probabilities[row * classes + (actual[row] as number)] as number;
    sum -= Math.log(Math.min(1 - Number.EPSILON, Math.max(Number.EPSILON, right)));
  }
  return sum / actual.length;
}

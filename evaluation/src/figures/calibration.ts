import type { ModelReport } from '@coppice/contract';

type Calibration = NonNullable<ModelReport['calibration']>;

const BINS = 10;

/**
 * Whether answers are right as often as their probability says: in ten bins of equal width, each without its lower edge,
 * the mean probability of the answered class and the share of right answers (scikit-learn's `calibration_curve`, its empty
 * bins left out too). `ece` is their distance, weighted by rows (Naeini et al. 2015; Guo et al. 2017). `brier` is the mean of
 * Σ (probability − outcome)² over all classes (Brier 1950).
 */
export function calibration(
  classes: number,
  actual: ArrayLike<number>,
  answered: ArrayLike<number>,
  probabilities: Float64Array,
): Calibration {
  const bins = Array.from({ length: BINS }, () => ({ rows: 0, probability: 0, right: 0 }));
  for (let row = 0; row < actual.length; row++) {
    const probability = probabilities[row * classes + (answered[row] as number)] as number;
    const bin = bins[binOf(probability)] as (typeof bins)[number];
    bin.rows++;
    bin.probability += probability;
    bin.right += Number(answered[row] === actual[row]);
  }
  const shown = bins.flatMap(({ rows, probability, right }, bin) =>
    rows === 0
      ? []
      : [
          {
            from: bin / BINS,
            to: (bin + 1) / BINS,
            rows,
            // rounding may leave the mean of many ones just above 1
            probability: Math.min(1, probability / rows),
            right: right / rows,
          },
        ],
  );
  const ece = shown.reduce((sum, bin) => sum + Math.abs(bin.right - bin.probability) * bin.rows, 0) / actual.length;
  return { ece: Math.min(1, ece), brier: brierScore(classes, actual, probabilities), bins: shown };
}

/** Edges as `numpy.linspace` has them, so that a probability on one falls where scikit-learn puts it. */
function binOf(probability: number): number {
  let bin = 0;
  while (bin < BINS - 1 && probability > (bin + 1) * 0.1) bin++;
  return bin;
}

function brierScore(classes: number, actual: ArrayLike<number>, probabilities: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < actual.length; row++)
    for (let index = 0; index < classes; index++)
      sum += ((probabilities[row * classes + index] as number) - Number(actual[row] === index)) ** 2;
  return sum / actual.length;
}

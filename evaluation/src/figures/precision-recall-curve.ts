import type { CumulativeCounts } from './cumulative-counts.ts';
import { type Point, thinPoints } from './thin-points.ts';

/**
 * Recall and precision at each distinct score, from no answer (recall 0, precision 1) to all rows; and the average
 * precision Σ (Rₙ − Rₙ₋₁)·Pₙ, without interpolation (scikit-learn's `precision_recall_curve` and
 * `average_precision_score`). A longer curve is thinned. There are rows of the class.
 */
export function precisionRecallCurve({ hits, falseAlarms }: CumulativeCounts): {
  averagePrecision: number;
  points: Point[];
} {
  const positives = hits.at(-1) as number;
  const points: Point[] = [[0, 1]];
  let averagePrecision = 0;
  let before = 0;
  hits.forEach((found, i) => {
    const precision = found / (found + (falseAlarms[i] as number));
    averagePrecision += ((found - before) / positives) * precision;
    points.push([found / positives, precision]);
    before = found;
  });
  return { averagePrecision: Math.min(1, averagePrecision), points: thinPoints(points) };
}

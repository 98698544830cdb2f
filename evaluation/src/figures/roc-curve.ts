import type { CumulativeCounts } from './cumulative-counts.ts';
import { type Point, thinPoints } from './thin-points.ts';

/**
 * The receiver operating characteristic from (0, 0) to (1, 1): false positive rate, true positive rate; and the area below
 * it by trapezoids, in which ties count half. As scikit-learn's `roc_curve`, points within a straight run of equal steps are
 * left out; a longer curve is thinned. There are rows with and without the class.
 */
export function rocCurve({ hits, falseAlarms }: CumulativeCounts): { auc: number; points: Point[] } {
  const positives = hits.at(-1) as number;
  const negatives = falseAlarms.at(-1) as number;
  let area = 0;
  let [x0, y0] = [0, 0];
  hits.forEach((y, i) => {
    const x = falseAlarms[i] as number;
    area += ((x - x0) * (y + y0)) / 2;
    [x0, y0] = [x, y];
  });
  const bends = [
    [0, 0] as Point,
    ...hits.map((y, i): Point => [falseAlarms[i] as number, y]).filter((_, i) => isBend(hits, falseAlarms, i)),
  ];
  const points = bends.map(([x, y]): Point => [x / negatives, y / positives]);
  return { auc: area / (positives * negatives), points: thinPoints(points) };
}

/** Whether the step to a point differs from the step onwards; the first and the last one count as bends. */
function isBend(hits: number[], falseAlarms: number[], i: number): boolean {
  if (i === 0 || i === hits.length - 1) return true;
  const differs = (of: number[]) =>
    (of[i] as number) - (of[i - 1] as number) !== (of[i + 1] as number) - (of[i] as number);
  return differs(hits) || differs(falseAlarms);
}

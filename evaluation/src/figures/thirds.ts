/**
 * Cuts ascending values into up to three runs of about equal size, never between equal values: the cuts are those nearest to
 * a third and two thirds. Positions `from` up to but without `to`.
 */
export function thirds(sorted: ArrayLike<number>): { from: number; to: number }[] {
  const n = sorted.length;
  const cuts = [...new Set([0, nearestCut(sorted, n / 3), nearestCut(sorted, (2 * n) / 3), n])].sort((a, b) => a - b);
  return cuts.slice(1).map((to, i) => ({ from: cuts[i] as number, to }));
}

/** The position nearest to `target` before which a smaller value lies; an end counts when all values are equal. */
function nearestCut(sorted: ArrayLike<number>, target: number): number {
  let best = 0;
  for (let i = 1; i < sorted.length; i++)
    if (sorted[i - 1] !== sorted[i] && (best === 0 || Math.abs(i - target) < Math.abs(best - target))) best = i;
  return best;
}

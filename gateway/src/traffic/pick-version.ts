/**
 * Index of the version that owns the point `point / of` of the unit interval, 0 ≤ point < of. Versions own half-open
 * ranges as long as their shares, in version order, so a version keeps its points when only its own share grows.
 * -1 when all weights are 0.
 */
export function pickVersion(weights: ArrayLike<number>, point: number, of = 1): number {
  let total = 0;
  for (let i = 0; i < weights.length; i++) total += weights[i] as number;
  // whole numbers on both sides for buckets: a division first would put some on the wrong side of a boundary
  const target = point * total;
  let upTo = 0;
  let last = -1;
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i] as number;
    if (weight === 0) continue;
    upTo += weight;
    if (target < upTo * of) return i;
    last = i;
  }
  return last;
}

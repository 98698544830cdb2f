/** x and y. */
export type Point = [number, number];

/** At most `most` points of a curve, its ends among them, spread evenly over its length. */
export function thinPoints(points: readonly Point[], most = 200): Point[] {
  if (points.length <= most) return [...points];
  const along = new Float64Array(points.length);
  for (let i = 1; i < points.length; i++) {
    const [from, to] = [points[i - 1] as Point, points[i] as Point];
    along[i] = (along[i - 1] as number) + Math.hypot(to[0] - from[0], to[1] - from[1]);
  }
  const step = (along.at(-1) as number) / (most - 1);
  const kept = [points[0] as Point];
  for (let i = 1; i < points.length - 1; i++)
    if (kept.length < most - 1 && (along[i] as number) >= kept.length * step) kept.push(points[i] as Point);
  kept.push(points.at(-1) as Point);
  return kept;
}

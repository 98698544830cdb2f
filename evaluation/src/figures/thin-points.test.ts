import { expect, it } from 'vitest';
import { type Point, thinPoints } from './thin-points.ts';

it('a short curve keeps all points', () => {
  const points: Point[] = [
    [0, 0],
    [0, 1],
    [1, 1],
  ];
  expect(thinPoints(points)).toEqual(points);
});

it('a long one keeps its ends, its order and its shape', () => {
  // a quarter of a circle, nine in ten points of which lie in its first tenth
  const at = (t: number): Point => [1 - Math.cos((t * Math.PI) / 2), Math.sin((t * Math.PI) / 2)];
  const points = Array.from({ length: 10_000 }, (_, i) => at(i < 9000 ? i / 90_000 : 0.1 + (0.9 * (i - 9000)) / 999));
  const thin = thinPoints(points);
  expect(thin).toHaveLength(200);
  expect(thin[0]).toEqual(points[0]);
  expect(thin.at(-1)).toEqual(points.at(-1));
  for (let i = 1; i < thin.length; i++) {
    const [from, to] = [thin[i - 1] as Point, thin[i] as Point];
    expect(to[0]).toBeGreaterThan(from[0]);
    // about π/2 / 199
    expect(Math.hypot(to[0] - from[0], to[1] - from[1])).toBeLessThan(0.012);
  }
});

it('points that all are the same end at once', () => {
  expect(thinPoints(Array.from({ length: 300 }, (): Point => [1, 1])).length).toBeLessThanOrEqual(200);
});

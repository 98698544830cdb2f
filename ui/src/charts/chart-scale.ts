export type Point = { x: number; y: number };
export type Domain = readonly [number, number];

/** A linear map from values to pixels. A domain without extent maps to the middle. */
export function scale([low, high]: Domain, [from, to]: Domain): (value: number) => number {
  const extent = high - low;
  return (value) => (extent === 0 ? (from + to) / 2 : from + ((value - low) / extent) * (to - from));
}

/** About `wanted` round numbers inside a domain: steps of 1, 2 or 5 times a power of ten. */
export function ticks([low, high]: Domain, wanted: number): number[] {
  if (!(high > low)) return [low];
  const raw = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step =
    [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= raw - 1e-9 * power) ?? raw;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

const timeSteps = [
  ...[10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200],
  ...[1, 2, 5, 10].map((days) => days * 86_400),
].map((seconds) => seconds * 1000);

/** Times inside a domain of milliseconds since the epoch, on the steps of a clock. */
export function timeTicks([low, high]: Domain, wanted: number): number[] {
  const step = timeSteps.find((candidate) => candidate >= (high - low) / wanted) ?? 864_000_000;
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.max(0, Math.floor(high / step) - first + 1) }, (_, i) => (first + i) * step);
}

/** An SVG path through points; a point that is not a number leaves a gap. */
export function linePath(points: readonly Point[], x: (value: number) => number, y: (value: number) => number): string {
  let path = '';
  let pen = 'M';
  for (const point of points) {
    if (!Number.isFinite(point.y)) {
      pen = 'M';
      continue;
    }
    path += `${pen}${x(point.x).toFixed(1)} ${y(point.y).toFixed(1)}`;
    pen = 'L';
  }
  return path;
}

/** The points that no line reaches, as both neighbours are missing: a path shows nothing of them. */
export function lonePoints(points: readonly Point[]): Point[] {
  const there = (i: number) => Number.isFinite(points[i]?.y);
  return points.filter((_, i) => there(i) && !there(i - 1) && !there(i + 1));
}

/** The smallest domain from zero that holds all values and ends on a round number; the more `steps`, the closer to the values. */
export function domainFromZero(values: readonly number[], atLeast = 0, steps = 2): Domain {
  const top = Math.max(atLeast, ...values.filter(Number.isFinite));
  if (top <= 0) return [0, 1];
  const step = ticks([0, top], steps)[1] ?? top;
  return [0, Math.ceil(top / step - 1e-9) * step];
}

import type { TimelinePoint, TimelineReport, TimelineStep } from '@coppice/contract';
import { type Domain, domainFromZero, type Point } from '../charts/chart-scale.ts';

/** A step with less feedback than this has no accuracy: one row more or less would move it by points. */
export const LEAST_FEEDBACK = 20;
const MINUTE_MS = 60_000;
/** Not the contract's own: its schemas would come along, and try what the page's security policy forbids. */
const stepMs: Record<TimelineStep, number> = { minute: MINUTE_MS, hour: 60 * MINUTE_MS, day: 1440 * MINUTE_MS };

type Line = { version: string; points: Point[] };
export type TimelineFigure = { name: 'accuracy' | 'requests' | 'p95' | 'errors'; lines: Line[]; domain: Domain };

/**
 * The four figures of each version, a point for each step of the period; NaN where there is none. Accuracy and errors are
 * shares, requests are those of a minute, p95 is in milliseconds. `now` in milliseconds: the last step may not be over.
 */
export function timelineFigures(report: TimelineReport, now: number): TimelineFigure[] {
  const step = stepMs[report.step];
  const since = Date.parse(report.since);
  const times: number[] = [];
  for (let time = since; time < Math.min(now, Date.parse(report.until)); time += step) times.push(time);
  const lines = (figureOf: (point: TimelinePoint | undefined, time: number) => number): Line[] =>
    report.versions.map(({ version, points }) => {
      const byTime = new Map(points.map((point) => [Date.parse(point.time), point]));
      return { version, points: times.map((x) => ({ x: x + step / 2, y: figureOf(byTime.get(x), x) })) };
    });
  const accuracy = lines((point) =>
    point && point.feedback >= LEAST_FEEDBACK ? point.correct / point.feedback : Number.NaN,
  );
  const requests = lines((point, time) => {
    const passed = Math.min(step, now - time);
    // of a step that has just begun nothing can be said yet
    return passed < step / 6 ? Number.NaN : ((point?.n ?? 0) / passed) * MINUTE_MS;
  });
  const p95 = lines((point) => point?.p95_ms ?? Number.NaN);
  const errors = lines((point) => (point ? point.errors / point.n : Number.NaN));
  return [
    { name: 'accuracy', lines: accuracy, domain: accuracyDomain(valuesOf(accuracy)) },
    { name: 'requests', lines: requests, domain: domainFromZero(valuesOf(requests), 1, 3) },
    { name: 'p95', lines: p95, domain: domainFromZero(valuesOf(p95), 1, 3) },
    { name: 'errors', lines: errors, domain: domainFromZero(valuesOf(errors), 0.01, 3) },
  ];
}

const valuesOf = (lines: readonly Line[]) =>
  lines.flatMap(({ points }) => points.map(({ y }) => y)).filter(Number.isFinite);

/** From a round tenth below the least value to 1: from zero, the lines would lie on each other. */
function accuracyDomain(values: readonly number[]): Domain {
  return [values.length ? Math.max(0, Math.floor(Math.min(...values) * 10 - 0.2) / 10) : 0, 1];
}

/** The last value of a line, or null. */
export function lastValue({ points }: Line): number | null {
  return points.findLast(({ y }) => Number.isFinite(y))?.y ?? null;
}

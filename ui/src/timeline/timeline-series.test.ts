import type { TimelinePoint, TimelineReport } from '@coppice/contract';
import { describe, expect, it } from 'vitest';
import { timelinePeriod } from './timeline-period.ts';
import { lastValue, type TimelineFigure, timelineFigures } from './timeline-series.ts';

const since = Date.UTC(2026, 0, 1, 12);
const MINUTE = 60_000;
const at = (minute: number) => new Date(since + minute * MINUTE).toISOString();
const point = (minute: number, rest: Partial<TimelinePoint> = {}): TimelinePoint => ({
  ...{ time: at(minute), n: 60, errors: 3, p95_ms: 12.5, feedback: 40, correct: 36 },
  ...rest,
});
const report = (points: TimelinePoint[]): TimelineReport => ({
  ...{ since: at(0), until: at(4), step: 'minute', changes: [] },
  versions: [{ version: 'v1', points }],
});
const values = (points: TimelinePoint[], name: TimelineFigure['name'], now = since + 4 * MINUTE) =>
  timelineFigures(report(points), now)
    .find((figure) => figure.name === name)
    ?.lines[0]?.points.map(({ y }) => y);

describe('figures over time', () => {
  it('have a point for each step, in its middle', () => {
    const [figure] = timelineFigures(report([]), since + 4 * MINUTE);
    expect(figure?.lines[0]?.points.map(({ x }) => (x - since) / MINUTE)).toEqual([0.5, 1.5, 2.5, 3.5]);
  });

  it('show no accuracy of a step with little feedback', () => {
    const points = [point(0), point(1, { feedback: 19, correct: 19 }), point(2, { feedback: 20, correct: 10 })];
    expect(values(points, 'accuracy')).toEqual([0.9, Number.NaN, 0.5, Number.NaN]);
  });

  it('count no requests as none, and leave the rest of such a step out', () => {
    const points = [point(0), point(2, { n: 4, errors: 4, p95_ms: null })];
    expect(values(points, 'requests')).toEqual([60, 0, 4, 0]);
    expect(values(points, 'errors')).toEqual([0.05, Number.NaN, 1, Number.NaN]);
    expect(values(points, 'p95')).toEqual([12.5, Number.NaN, Number.NaN, Number.NaN]);
  });

  it('take a step that is not over by the time that has passed', () => {
    expect(values([point(2, { n: 30 })], 'requests', since + 2.5 * MINUTE)).toEqual([0, 0, 60]);
    expect(values([point(2, { n: 30 })], 'requests', since + 2.1 * MINUTE)).toEqual([0, 0, Number.NaN]);
  });

  it('have an axis that fits: accuracy from a tenth below the least, the others from zero', () => {
    const figures = timelineFigures(report([point(0), point(1, { correct: 30 })]), since + 4 * MINUTE);
    expect(figures.map(({ domain }) => domain)).toEqual([
      [0.7, 1],
      [0, 60],
      [0, 15],
      [0, 0.06],
    ]);
  });

  it('end with the last value that there is', () => {
    const [accuracy] = timelineFigures(report([point(0), point(1, { feedback: 0 })]), since + 4 * MINUTE);
    expect(accuracy?.lines.map(lastValue)).toEqual([0.9]);
    expect(timelineFigures(report([]), since + MINUTE)[0]?.lines.map(lastValue)).toEqual([null]);
  });
});

it.each([
  ['7d', '7d'],
  [null, '1h'],
  ['2y', '1h'],
  ['constructor', '1h'],
])('the period %s of an address is %s', (named, period) => expect(timelinePeriod(named)).toBe(period));

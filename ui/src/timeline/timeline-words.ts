import type { TimelineStep } from '@coppice/contract';
import { number, rate, sharePercent } from '../parts/format.ts';
import { lastValue, type TimelineFigure } from './timeline-series.ts';

type Name = TimelineFigure['name'];

export const figureTitles: Record<Name, string> = {
  accuracy: 'Accuracy',
  requests: 'Requests a minute',
  p95: 'p95 latency, ms',
  errors: 'Errors',
};

export const figureFormats: Record<Name, (value: number) => string> = {
  accuracy: sharePercent,
  requests: rate,
  p95: number,
  errors: sharePercent,
};

const minutes = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
// the gateway's days are those of UTC
const days = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', timeZone: 'UTC' });

/** Labels of the shared axis: the time of day in a short period, the day in a long one. */
export const axisTime = (long: boolean) => (time: number) => (long ? days : minutes).format(time);

/** What a screen reader reads in place of a chart: the last value of each version. */
export function figureWords({ name, lines }: TimelineFigure, step: TimelineStep): string {
  const values = lines.map((line) => {
    const value = lastValue(line);
    return `${line.version} ${value === null ? 'not known' : figureFormats[name](value)}`;
  });
  return `${figureTitles[name]} by the ${step}, at last: ${values.join(', ')}`;
}

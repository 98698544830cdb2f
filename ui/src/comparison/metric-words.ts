import type { ComparedMetricName } from '@coppice/contract';
import { figure, percent, points, pointsRange, signed } from '../parts/format.ts';

type MetricWords = {
  title: string;
  /** Of what it is a mean or rate. */
  of: string;
  /** A share of 0 to 1, shown in percent; its differences are points. Else a number. */
  isShare: boolean;
};

/** What has verdicts: the metrics, and both versions' answers to the same rows, which a shadow version gives. */
export type JudgedName = ComparedMetricName | 'paired';

const metrics: Record<JudgedName, MetricWords> = {
  accuracy: { title: 'accuracy', of: 'rows with feedback', isShare: true },
  outcome: { title: 'outcome', of: 'rows with an outcome', isShare: false },
  log_loss: { title: 'log loss', of: 'rows with feedback', isShare: false },
  cost: { title: 'cost', of: 'rows with feedback', isShare: false },
  errors: { title: 'errors', of: 'requests', isShare: true },
  slow: { title: 'slow answers', of: 'answers', isShare: true },
  paired: { title: 'the same rows', of: 'rows', isShare: true },
};

export const metricTitle = (metric: JudgedName) => metrics[metric].title;
export const metricUnits = (metric: ComparedMetricName) => metrics[metric].of;

/** A mean or rate: "91.2 %", "0.21 %", "0.413". */
export function level(metric: ComparedMetricName, value: number | null): string {
  if (value === null) return '–';
  if (!metrics[metric].isShare) return figure(value);
  // of rare events one decimal shows nothing
  return value > 0.00005 && value < 0.00995 ? `${(value * 100).toFixed(2)} %` : percent(value);
}

/** A difference of means or rates: "+2.3 points", "−0.042". */
export function difference(metric: JudgedName, value: number | null): string {
  if (value === null) return '–';
  return metrics[metric].isShare ? points(value) : signed(value);
}

/** "+0.4 to +3.8 points", "−0.06 to −0.02" */
export function differenceRange(metric: JudgedName, [low, high]: readonly [number, number]): string {
  return metrics[metric].isShare ? pointsRange([low, high]) : `${signed(low)} to ${signed(high)}`;
}

/** The end of an axis of differences: "+4 points", "−0.05". */
export function axisEnd(metric: ComparedMetricName, value: number): string {
  return metrics[metric].isShare ? inPoints(signed(value * 100)) : signed(value);
}

/** The size of a difference, without a sign: "2 points", "0.1". */
export function size(metric: ComparedMetricName, value: number): string {
  return metrics[metric].isShare ? inPoints(figure(value * 100)) : figure(value);
}

const inPoints = (written: string) => `${written} ${/^[+−]?1$/.test(written) ? 'point' : 'points'}`;

import type { CandidateComparison, ComparedMetricName, ComparisonVerdict, RiskComparison } from '@coppice/contract';
import { count, counted, figure as significant, times } from '../parts/format.ts';
import { axisEnd, difference, differenceRange, level, metricTitle, metricUnits } from './metric-words.ts';
import { stillWords } from './still-words.ts';

type Figure = { value: string; of: string };

/** What a bar shows: differences candidate − baseline, and how to write one. */
export type DifferenceShape = {
  value: number;
  interval: readonly [number, number];
  margin: number | null;
  write: (value: number) => string;
  /** How no difference is written. */
  zero: string;
};

export type ComparisonRow = {
  key: string;
  title: string;
  good: 'high' | 'low';
  baseline: Figure;
  candidate: Figure;
  difference: string | null;
  range: string | null;
  /** Null below the gate: an estimate without an interval is no picture. */
  shape: DifferenceShape | null;
  /** Null: the row informs, another one judges. */
  verdict: ComparisonVerdict | null;
  /** How long until a difference would show; null where one shows. */
  still: string | null;
};

/** What most decisions rest on; the rest follows. */
const first = ['accuracy', 'errors', 'p95'];

/**
 * One candidate's table: a row for each metric that has data, accuracy and errors always. Events of several epochs are
 * left out, since dividing them by the requests would pool them; the rates weigh each epoch alike.
 */
export function comparisonRows(candidate: CandidateComparison, epochs: number): ComparisonRow[] {
  const rows = [...means(candidate), ...risks(candidate, epochs), ...latency(candidate)];
  const rank = ({ key }: ComparisonRow) => (first.includes(key) ? first.indexOf(key) : first.length);
  return rows.toSorted((a, b) => rank(a) - rank(b));
}

function means({ means: all }: CandidateComparison): ComparisonRow[] {
  const known = all.filter(({ metric, baseline, candidate }) => metric === 'accuracy' || baseline.n + candidate.n > 0);
  return known.map((mean) => {
    const { metric, good, verdict, effect, interval, margin } = mean;
    const figure = ({ n, mean: value }: { n: number; mean: number | null }) => ({
      value: level(metric, value),
      of: `${counted(n, metricUnits(metric))}`,
    });
    return {
      ...{ key: metric, title: metricTitle(metric), good, verdict },
      ...{ baseline: figure(mean.baseline), candidate: figure(mean.candidate) },
      ...differences(metric, effect, interval, margin),
      still: verdict === 'better' || verdict === 'worse' ? null : stillWords(mean),
    };
  });
}

function risks({ risks: all }: CandidateComparison, epochs: number): ComparisonRow[] {
  const known = all.filter(({ metric, baseline, candidate }) => metric === 'errors' || baseline.n + candidate.n > 0);
  return known.map((risk) => {
    const { metric, good, verdict } = risk;
    const figure = ({ n, events, rate }: RiskComparison['baseline']) => ({
      value: level(metric, rate),
      of: `${epochs > 1 ? '' : `${count(events)} of `}${counted(n, metricUnits(metric))}`,
    });
    return {
      ...{ key: metric, title: metricTitle(metric), good, verdict },
      ...{ baseline: figure(risk.baseline), candidate: figure(risk.candidate) },
      ...differences(metric, risk.difference, risk.difference_interval, risk.margin),
      still: null,
    };
  });
}

function differences(
  metric: ComparedMetricName,
  value: number | null,
  interval: readonly [number, number] | null,
  margin: number | null,
): Pick<ComparisonRow, 'difference' | 'range' | 'shape'> {
  const write = (one: number) => axisEnd(metric, one);
  return {
    difference: value === null ? null : difference(metric, value),
    range: interval && differenceRange(metric, interval),
    shape: value === null || !interval ? null : { value, interval, margin, write, zero: '0' },
  };
}

/** The ratio of the 95th percentiles. Its bar is logarithmic: twice as slow lies as far from 0 as twice as fast. */
function latency({ p95 }: CandidateComparison): ComparisonRow[] {
  if (!p95) return [];
  const { ratio, interval } = p95;
  const log = interval && ([Math.log2(interval[0]), Math.log2(interval[1])] as const);
  const shape = log?.every(Number.isFinite)
    ? { value: Math.log2(ratio), interval: log, margin: null, write: (value: number) => times(2 ** value), zero: '×1' }
    : null;
  return [
    {
      ...{ key: 'p95', title: 'p95 of latency', good: 'low', verdict: null, still: null, shape },
      baseline: { value: `${significant(p95.baseline_ms)} ms`, of: '' },
      candidate: { value: `${significant(p95.candidate_ms)} ms`, of: '' },
      difference: times(ratio),
      range: interval && `${times(interval[0])} to ${times(interval[1])}`,
    },
  ];
}

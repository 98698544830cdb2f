import type { FeatureCard, Histogram } from '@coppice/contract';
import { moments } from '@coppice/statistics/moments';
import { quantileSorted } from 'simple-statistics';
import { MOST_WORDS, rankWords } from '../table/rank-words.ts';
import { type Column, isMissing, type NumberColumn, type WordColumn } from '../table/table.ts';
import { sliderStep } from './slider-step.ts';

/** The most values that a card keeps of one feature. */
const mostSampled = 2000;

/**
 * What the training rows say about one column, which has a value in one of them at least. `sampled` are the rows whose values
 * are the drift reference; where they have none, the first values of the training rows are. Throws for text and identifiers,
 * which are no features.
 */
export function describeFeature(column: Column, trainRows: readonly number[], sampled: readonly number[]): FeatureCard {
  const { name, title, unit } = column;
  const present = trainRows.filter((row) => !isMissing(column, row));
  const gaps = trainRows.length - present.length;
  const common = {
    name,
    ...(title !== name && { header: title }),
    unit,
    nullable: gaps > 0,
    missing: gaps / trainRows.length,
  };
  if (!('values' in column)) return { kind: 'category', ...common, ...sharesOf(column, present) };
  const values = Float64Array.from(present, (row) => column.values[row] as number);
  switch (column.kind) {
    case 'boolean':
      return { kind: 'boolean', ...common, share: values.reduce((sum, value) => sum + value, 0) / values.length };
    case 'number':
    case 'date':
      return { kind: column.kind, ...common, ...measure(column, values, sampled) };
  }
}

function measure({ kind, values }: NumberColumn, present: Float64Array, sampled: readonly number[]) {
  const sorted = Array.from(present.toSorted());
  const known = sampled.map((row) => values[row] as number).filter((value) => !Number.isNaN(value));
  const sample = known.length > 0 ? known : Array.from(present.subarray(0, mostSampled));
  return {
    min: sorted[0] as number,
    max: sorted.at(-1) as number,
    ...moments(sorted),
    step: kind === 'date' ? dateStep(sorted) : sliderStep(sorted),
    deciles: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9].map((p) => quantileSorted(sorted, p)),
    histogram: histogramOf(sorted),
    sample: sample.sort((a, b) => a - b),
  };
}

/** A day, or the minute and a half that a day has a thousand of, however long the range: it says whether dates have times. */
const dateStep = (days: readonly number[]) => (days.every(Number.isInteger) ? 1 : 0.001);

function sharesOf(column: WordColumn, present: readonly number[]) {
  if (column.kind !== 'category') throw new TypeError(`a column of kind ${column.kind} is no feature`);
  const ranked = rankWords(column, present);
  const known = ranked.slice(0, MOST_WORDS);
  const others = ranked.slice(MOST_WORDS).reduce((sum, { count }) => sum + count, 0);
  return {
    values: known.map(({ word, count }) => ({ value: word, share: count / present.length })),
    other: others / present.length,
  };
}

/** Bins of equal width over sorted values: √n of them, at most 20; one bin of width 1 around a constant. */
export function histogramOf(sorted: readonly number[]): Histogram {
  const [min, max] = [sorted[0] as number, sorted.at(-1) as number];
  if (min === max) {
    const half = Math.max(0.5, Math.abs(min) / 2);
    return { edges: [min - half, min + half], counts: [sorted.length] };
  }
  const bins = Math.min(20, Math.ceil(Math.sqrt(sorted.length)));
  // two neighbouring doubles have no room for edges between them
  const edges = Array.from({ length: bins + 1 }, (_, i) => min * (1 - i / bins) + max * (i / bins));
  if (edges.some((edge, i) => i > 0 && !(edge > (edges[i - 1] as number))))
    return { edges: [min, max], counts: [sorted.length] };
  const counts = new Array<number>(bins).fill(0);
  let bin = 0;
  for (const value of sorted) {
    while (bin < bins - 1 && value >= (edges[bin + 1] as number)) bin++;
    counts[bin] = (counts[bin] as number) + 1;
  }
  return { edges, counts };
}

import { median } from 'simple-statistics';
import { type Column, isMissing, type Table, type WordColumn } from '../table/table.ts';
import type { Preparation, Step } from './preparation.ts';

/** Words of a category with a number of their own; the rest are `other`. */
const mostWords = 100;

/**
 * What the training rows say about each column: medians, the more frequent boolean, the most frequent words, and where gaps
 * are to be expected. Text and identifiers make no number.
 */
export function fitPreparation(table: Table, trainRows: readonly number[]): Preparation {
  return { steps: table.columns.flatMap((column) => fitStep(column, trainRows)) };
}

function fitStep(column: Column, rows: readonly number[]): Step[] {
  const { name } = column;
  const present = rows.filter((row) => !isMissing(column, row));
  const missing = present.length < rows.length;
  if (!('values' in column))
    return column.kind === 'category'
      ? [{ kind: 'category', column: name, ...frequentWords(column, present), missing }]
      : [];
  const values = present.map((row) => column.values[row] as number);
  switch (column.kind) {
    case 'boolean': {
      const yes = values.reduce((sum, value) => sum + value, 0);
      return [{ kind: 'boolean', column: name, fill: 2 * yes > values.length ? 1 : 0, missing }];
    }
    case 'date':
    case 'number':
      // a column of nothing but gaps says nothing, whatever fills it
      return [{ kind: column.kind, column: name, fill: values.length > 0 ? median(values) : 0, missing }];
  }
}

/** The most frequent words in order of their code units; of equally frequent ones those that are first in it. */
function frequentWords({ codes, words }: WordColumn, rows: readonly number[]): { words: string[]; other: boolean } {
  const counts = new Map<number, number>();
  for (const row of rows) counts.set(codes[row] as number, (counts.get(codes[row] as number) ?? 0) + 1);
  const byCodeUnit = (a: string, b: string) => (a < b ? -1 : 1);
  const ranked = [...counts]
    .map(([code, count]) => ({ word: words[code] as string, count }))
    .sort((a, b) => b.count - a.count || byCodeUnit(a.word, b.word));
  const kept = ranked.slice(0, mostWords).map(({ word }) => word);
  return { words: kept.sort(byCodeUnit), other: ranked.length > kept.length };
}

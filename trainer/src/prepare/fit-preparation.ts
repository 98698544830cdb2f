import { median } from 'simple-statistics';
import { MOST_WORDS, rankWords } from '../table/rank-words.ts';
import { type Column, isMissing, type WordColumn } from '../table/table.ts';
import type { Preparation, Step } from './preparation.ts';

/**
 * What the training rows say about each column: medians, the more frequent boolean, the most frequent words, and where gaps
 * are to be expected. Text and identifiers make no number.
 */
export function fitPreparation({ columns }: { columns: readonly Column[] }, trainRows: readonly number[]): Preparation {
  return { steps: columns.flatMap((column) => fitStep(column, trainRows)) };
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

/** The most frequent words, in order of their code units. */
function frequentWords(column: WordColumn, rows: readonly number[]): { words: string[]; other: boolean } {
  const ranked = rankWords(column, rows);
  const kept = ranked.slice(0, MOST_WORDS).map(({ word }) => word);
  return { words: kept.sort((a, b) => (a < b ? -1 : 1)), other: ranked.length > kept.length };
}

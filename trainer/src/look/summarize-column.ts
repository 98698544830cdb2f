import { quoted } from '../table/data-error.ts';
import type { Column, Table } from '../table/table.ts';

export type Summary = { missing: number; distinct: number; range: string };

const shownWords = 3;

/** Missing and different values of a column, and its range or most frequent values in words. */
export function summarizeColumn(column: Column): Summary {
  if (!('values' in column)) return summarizeWords(column.codes, column.words);
  const sorted = column.values.filter((value) => !Number.isNaN(value)).sort();
  const missing = column.values.length - sorted.length;
  let distinct = 0;
  for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) distinct++;
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined) return { missing, distinct, range: 'no value' };
  if (column.kind === 'boolean') {
    const yes = sorted.reduce((sum, value) => sum + value, 0);
    return {
      missing,
      distinct,
      range: `true (${yes.toLocaleString('en')}), false (${(sorted.length - yes).toLocaleString('en')})`,
    };
  }
  const text = column.kind === 'date' ? dayOf : (value: number) => `${value}`;
  return { missing, distinct, range: min === max ? text(min) : `${text(min)} to ${text(max)}` };
}

/** The same of the target. */
export function summarizeTarget({ labels, classes }: Table['target']): Summary {
  return summarizeWords(labels, classes);
}

function summarizeWords(codes: Int32Array, words: readonly string[]): Summary {
  const counts = new Int32Array(words.length);
  let missing = 0;
  for (const code of codes) {
    if (code < 0) missing++;
    else counts[code] = (counts[code] as number) + 1;
  }
  const present = [...counts.keys()].filter((code) => (counts[code] as number) > 0);
  const top = present.sort((a, b) => (counts[b] as number) - (counts[a] as number) || a - b).slice(0, shownWords);
  const shown = top.map((code) => `${short(words[code] as string)} (${(counts[code] as number).toLocaleString('en')})`);
  const rest = present.length - top.length;
  return {
    missing,
    distinct: present.length,
    range: shown.join(', ') + (rest > 0 ? `, ${rest.toLocaleString('en')} more` : ''),
  };
}

const dayOf = (days: number) =>
  new Date(Math.round(days * 86_400_000)).toISOString().replace(/T00:00:00\.000Z$|\.000Z$/, '');
/** Plain words stay as they are; others are quoted, so that one sees where they end. */
const short = (word: string) =>
  /^[\p{L}\p{N}_.+-]{1,24}$/u.test(word) ? word : quoted(word.length > 24 ? `${word.slice(0, 23)}…` : word);

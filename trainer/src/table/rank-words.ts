import type { WordColumn } from './table.ts';

/** Words of a category with a number of their own; the rest are `other`. */
export const MOST_WORDS = 100;

/** The words of some rows with how many rows have each, the most frequent first; equally frequent ones by their code units. */
export function rankWords(
  { codes, words }: Pick<WordColumn, 'codes' | 'words'>,
  rows: readonly number[],
): { word: string; count: number }[] {
  const counts = new Map<number, number>();
  for (const row of rows) {
    const code = codes[row] as number;
    if (code >= 0) counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  return [...counts]
    .map(([code, count]) => ({ word: words[code] as string, count }))
    .sort((a, b) => b.count - a.count || (a.word < b.word ? -1 : 1));
}

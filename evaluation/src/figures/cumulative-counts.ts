import type { ClassScores } from './class-scores.ts';

/** Rows of the class, and of the rest, whose score reaches each distinct score, from the highest score down. */
export type CumulativeCounts = { hits: number[]; falseAlarms: number[] };

/** Rows of equal score count at once, so that their order says nothing. */
export function cumulativeCounts({ scores, positive }: ClassScores): CumulativeCounts {
  const order = Uint32Array.from(scores.keys()).sort((a, b) => (scores[b] as number) - (scores[a] as number));
  const hits: number[] = [];
  const falseAlarms: number[] = [];
  let found = 0;
  order.forEach((row, i) => {
    found += positive[row] as number;
    if (i + 1 < order.length && scores[order[i + 1] as number] === scores[row]) return;
    hits.push(found);
    falseAlarms.push(i + 1 - found);
  });
  return { hits, falseAlarms };
}

import type { ModelReport } from '@coppice/contract';
import type { ClassScores } from './class-scores.ts';
import { ratio } from './ratio.ts';

type ThresholdRow = ModelReport['thresholds'][number]['rows'][number];

/** Precision, recall and F1 if a class is answered wherever its probability reaches a threshold: 0.05, 0.1, … 0.95. */
export function thresholdTable({ scores, positive }: ClassScores): ThresholdRow[] {
  const all = positive.reduce((sum, one) => sum + one, 0);
  return Array.from({ length: 19 }, (_, i) => {
    const threshold = (i + 1) / 20;
    let answered = 0;
    let hits = 0;
    for (let row = 0; row < scores.length; row++) {
      if ((scores[row] as number) < threshold) continue;
      answered++;
      hits += positive[row] as number;
    }
    return {
      threshold,
      precision: ratio(hits, answered),
      recall: ratio(hits, all),
      f1: ratio(2 * hits, answered + all),
      answered: answered / scores.length,
    };
  });
}

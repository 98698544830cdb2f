import { shuffler } from './random.ts';

/**
 * Row numbers of a stratified split: of each class the same share of rows is kept for testing (rounded, at least one row
 * on either side). The same labels and seed give the same split; both lists ascend.
 */
export function stratifiedSplit(
  labels: ArrayLike<number>,
  { testShare, seed }: { testShare: number; seed: number },
): { train: number[]; test: number[] } {
  const rowsOfClass: number[][] = [];
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row] as number;
    rowsOfClass[label] ??= [];
    rowsOfClass[label].push(row);
  }
  const shuffle = shuffler(seed);
  const train: number[] = [];
  const test: number[] = [];
  for (const rows of rowsOfClass) {
    const testRows = Math.min(rows.length - 1, Math.max(1, Math.round(rows.length * testShare)));
    shuffle(rows).forEach((row, i) => {
      (i < testRows ? test : train).push(row);
    });
  }
  return { train: train.sort((a, b) => a - b), test: test.sort((a, b) => a - b) };
}

import type { ModelReport } from '@coppice/contract';

/**
 * What always answering the class that most training rows have would be worth; of equal ones the first. Without training
 * counts it is the class that most test rows have, which flatters the baseline a little.
 */
export function majority(
  classes: readonly string[],
  support: readonly number[],
  trained: readonly number[] | null,
): ModelReport['majority'] & { index: number } {
  const counts = trained ?? support;
  const index = counts.indexOf(Math.max(...counts));
  const rows = support.reduce((sum, count) => sum + count, 0);
  return { class: classes[index] as string, accuracy: (support[index] as number) / rows, index };
}

import type { ModelReport } from '@coppice/contract';
import { ratio } from './ratio.ts';

/**
 * Precision, recall and F1 (2·TP / (2·TP + FP + FN)) of each class from a confusion matrix. A precision without answers, a
 * recall without rows, and an F1 without both are null.
 */
export function classFigures(classes: readonly string[], confusion: readonly (readonly number[])[]) {
  return classes.map((name, index): ModelReport['per_class'][number] => {
    const support = sum(confusion[index] as number[]);
    const answered = sum(confusion.map((counts) => counts[index] as number));
    const hits = confusion[index]?.[index] as number;
    return {
      class: name,
      precision: ratio(hits, answered),
      recall: ratio(hits, support),
      f1: ratio(2 * hits, answered + support),
      support,
    };
  });
}

/** Mean F1 of the classes that have rows or answers, as scikit-learn's `f1_score(average='macro')`. */
export function macroF1(perClass: ModelReport['per_class']): number {
  const known = perClass.flatMap(({ f1 }) => (f1 === null ? [] : [f1]));
  return sum(known) / known.length;
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

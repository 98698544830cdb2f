import type { ModelCard } from '@coppice/contract';

/** Accuracy, macro precision, recall and F1, and the confusion matrix; a ratio over no rows counts 0, as in scikit-learn. */
export function evaluate(
  classes: readonly string[],
  actual: readonly number[],
  predicted: readonly number[],
): ModelCard['metrics'] {
  const confusion = classes.map(() => new Array<number>(classes.length).fill(0));
  actual.forEach((label, i) => {
    const counts = confusion[label] as number[];
    counts[predicted[i] as number] = (counts[predicted[i] as number] ?? 0) + 1;
  });
  const perClass = classes.map((name, index) => {
    const support = sum(confusion[index] as number[]);
    const hits = confusion[index]?.[index] as number;
    const precision = ratio(hits, sum(confusion.map((counts) => counts[index] as number)));
    const recall = ratio(hits, support);
    return { class: name, precision, recall, f1: ratio(2 * precision * recall, precision + recall), support };
  });
  const macro = (of: (figures: (typeof perClass)[number]) => number) => sum(perClass.map(of)) / classes.length;
  return {
    rows: actual.length,
    accuracy: ratio(sum(confusion.map((counts, index) => counts[index] as number)), actual.length),
    precision: macro((figures) => figures.precision),
    recall: macro((figures) => figures.recall),
    f1: macro((figures) => figures.f1),
    perClass,
    confusion,
  };
}

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
const ratio = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);

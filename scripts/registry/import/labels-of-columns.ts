import type { Answered } from './find-answers.ts';
import { ImportRefusedError } from './import-refused.ts';

/** Two probabilities that are closer are a tie, in which either label is right. */
const TIE = 1e-3;

export type LabelsOfColumns = {
  /** By column of the probabilities; null where nothing says it. */
  labels: (string | null)[];
  /** Whether the label is another than the most probable class's in some row, as of a model with a threshold. */
  isThreshold: boolean;
};

/**
 * The label of each column of the probabilities: as the file's own list says, else as its answers show, where the label is that
 * of the most probable class. Throws `ImportRefusedError` where they contradict each other.
 */
export function labelsOfColumns(
  labels: readonly string[],
  { classes, values }: Pick<Answered['shares'], 'classes' | 'values'>,
  own: readonly string[] | null,
): LabelsOfColumns {
  // a list of labels that a later node of the graph translates says nothing
  const isOwn = own !== null && labels.every((label) => own.includes(label));
  const found: (string | null)[] = isOwn ? [...own] : new Array<null>(classes).fill(null);
  let isThreshold = false;
  for (const [row, label] of labels.entries()) {
    const shares = values.subarray(row * classes, (row + 1) * classes);
    const sorted = shares.toSorted();
    const [second = 0, most = 0] = sorted.subarray(-2);
    if (most - second <= TIE) continue;
    const column = shares.indexOf(most);
    if (found[column] === null) found[column] = label;
    else if (found[column] !== label) isThreshold = true;
  }
  if (isThreshold && !isOwn)
    throw new ImportRefusedError(
      'the model’s label is not that of the most probable class, nor of one class for each probability: convert a classifier whose label is the most probable class',
    );
  return { labels: found, isThreshold };
}

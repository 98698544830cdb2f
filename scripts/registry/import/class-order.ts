import type { Table } from '@coppice/trainer/table/table';
import { ImportRefusedError } from './import-refused.ts';

export type ClassesOf = {
  /** Name of each column of the probabilities. */
  names: string[];
  /** The model's own label of each column; null where it answers none. */
  labels: string[] | null;
  /** Whether the model names its classes itself, or they are taken to be in the sample's order or in the given one. */
  by: 'own' | 'sorted' | 'given';
};

type Known = {
  /** Classes of the sample: numbers by size, texts by code unit. */
  sample: readonly string[];
  /** The label of each column of the probabilities, null where neither the file nor an answer says it; null without labels. */
  labels: readonly (string | null)[] | null;
  isText: boolean;
  given: readonly string[] | undefined;
};

/**
 * Which class each column of the probabilities is of: by the model's own labels if they are classes of the sample, else by
 * their index. Throws `ImportRefusedError` where the two do not fit.
 */
export function classOrder({ sample, labels, isText, given }: Known): ClassesOf {
  if (given && given.toSorted().join('\0') !== sample.toSorted().join('\0'))
    throw new ImportRefusedError(
      `--classes is ${given.join(', ')}: must be the classes of the sample, ${sample.join(', ')}`,
    );
  const presumed = { names: [...(given ?? sample)], by: given ? ('given' as const) : ('sorted' as const) };
  if (!labels) return { ...presumed, labels: null };
  const whole = labels.includes(null) ? completed(labels, isText, sample) : (labels as string[]);
  const named = whole.map((label) => sample.find((name) => name === label) ?? sample.find((name) => same(name, label)));
  if (named.every((name) => name !== undefined) && new Set(named).size === sample.length) {
    // the server finds the class of a text by its name
    const names = isText ? whole : (named as string[]);
    if (given?.some((name, i) => name !== named[i]))
      throw new ImportRefusedError(
        `--classes is ${given.join(', ')}, but the model’s own order is ${whole.join(', ')}`,
      );
    return { names, labels: whole, by: 'own' };
  }
  const isIndex = !isText && whole.toSorted().join() === [...whole.keys()].map(String).toSorted().join();
  if (isIndex)
    return { ...presumed, names: whole.map((label) => presumed.names[Number(label)] as string), labels: whole };
  throw new ImportRefusedError(
    `the model’s labels are ${shown(whole)}, and the sample’s classes ${shown(sample)}: write the model’s labels into the sample, or train on the sample’s`,
  );
}

/** Index of each row's class in the model's order; classes that the model spells as another number are found by that. */
export function indicesOf({ target: { classes, labels } }: Pick<Table, 'target'>, { names }: ClassesOf): Int32Array {
  const indices = classes.map((name) => {
    const index = names.indexOf(name);
    return index === -1 ? names.findIndex((other) => same(name, other)) : index;
  });
  return labels.map((label) => indices[label] as number);
}

/** Columns that no answer had: indices where the others are, else what is left of the sample's classes, if that is one. */
function completed(labels: readonly (string | null)[], isText: boolean, sample: readonly string[]): string[] {
  if (!isText && labels.every((label, i) => label === null || label === String(i)))
    return labels.map((_, i) => String(i));
  const left = sample.filter(
    (name) => !labels.some((label) => label !== null && (label === name || same(name, label))),
  );
  if (left.length === 1 && labels.filter((label) => label === null).length === 1)
    return labels.map((label) => label ?? (left[0] as string));
  throw new ImportRefusedError(
    `the file does not say which labels ${labels.filter((label) => label === null).length} of its classes have, and it answers them to no row of the sample: give a sample with rows of every class`,
  );
}

/** Equal as numbers: a converter writes 1 where the table has 1.0. */
const same = (name: string, label: string) => name.trim() !== '' && Number(name) === Number(label);

const shown = (names: readonly string[]) =>
  `${names.slice(0, 10).join(', ')}${names.length > 10 ? ` and ${names.length - 10} more` : ''}`;

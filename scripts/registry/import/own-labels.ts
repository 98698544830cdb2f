import type { OnnxFile } from './onnx-file.ts';

/** Attributes in which classifiers of ai.onnx.ml, and ZipMap, list their classes. */
const attributes = ['classlabels_strings', 'classlabels_int64s', 'classlabels_ints'];

/** The labels that a file itself gives its classes, in the order of the probabilities; null where it says nothing, or two things. */
export function ownLabels({ nodes }: OnnxFile, classes: number): string[] | null {
  const lists = nodes
    .flatMap(({ lists }) => attributes.map((name) => Array.from(lists.get(name) ?? [], String)))
    .filter(({ length }) => length === classes);
  const [first] = lists;
  return first && lists.every((list) => list.every((label, i) => label === first[i])) ? first : null;
}

import type { OnnxFile } from './onnx-file.ts';

/** The labels that a file itself gives its classes, in the order of the probabilities; null where it says nothing, or two things. */
export function ownLabels({ nodes }: OnnxFile, classes: number): string[] | null {
  const lists = nodes.flatMap(({ classLabels }) => (classLabels?.length === classes ? [classLabels] : []));
  const [first] = lists;
  return first && lists.every((list) => list.every((label, i) => label === first[i])) ? first : null;
}

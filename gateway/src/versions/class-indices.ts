/** Indices of labels that are classes by name. Throws for one that is none of them. */
export function classIndices(labels: readonly unknown[], classNames: readonly string[] | null): Int32Array {
  if (!classNames)
    throw new Error(`its labels are names (${String(labels[0])}), and no version's model card lists the classes`);
  const indices = new Int32Array(labels.length);
  for (const [row, label] of labels.entries()) {
    const index = classNames.indexOf(String(label));
    if (index < 0)
      throw new Error(`the label ${String(label)} of row ${row} is none of the classes ${classNames.join(', ')}`);
    indices[row] = index;
  }
  return indices;
}

import type { FeatureCard, ModelCard } from '@coppice/contract';

/**
 * The place of each of a model's features among those of other rows, by name; null for one that it can do without. A text says why
 * it cannot answer these rows.
 */
export function columnsFor(
  { features }: Pick<ModelCard, 'features'>,
  rows: readonly Pick<FeatureCard, 'name' | 'kind'>[],
): (number | null)[] | string {
  const places: (number | null)[] = [];
  for (const { name, kind, nullable } of features) {
    const at = rows.findIndex((one) => one.name === name);
    const found = rows[at];
    if (!found && !nullable) return `it needs the feature ${JSON.stringify(name)}, which these rows do not have`;
    if (found && found.kind !== kind && kind !== 'category')
      return `${JSON.stringify(name)} is a ${kind} there and a ${found.kind} here`;
    places.push(found ? at : null);
  }
  return places;
}

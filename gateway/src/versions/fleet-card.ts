import type { FeatureValue, ModelCard } from '@coppice/contract';
import type { RowSchema } from '@coppice/serverkit';
import { withClasses } from './class-order.ts';

/**
 * One model card for all versions: the first version's own one if it has the fleet's features and classes, else one of
 * the fleet's features. Each is described as by the first version that has it; rows are those of the version with the most
 * features, with null where it lacks one. A feature that no card describes is not in it. `cards` are in version order.
 */
export function fleetCard(
  cards: readonly ModelCard[],
  schema: RowSchema,
  classes: readonly string[],
): ModelCard | null {
  const [first] = cards;
  if (!first) return null;
  if (describes(first, schema) && sameOrder(classes, first)) return first;
  const features = schema.specs.flatMap(({ name, nullable }) => {
    const feature = cards.flatMap((card) => card.features).find((one) => one.name === name);
    return feature ? [{ ...feature, nullable }] : [];
  });
  const widest = withClasses(
    cards.reduce((most, card) => (card.features.length > most.features.length ? card : most)),
    classes,
  );
  const at = features.map(({ name }) => widest.features.findIndex((feature) => feature.name === name));
  const reorder = (row: readonly FeatureValue[]) => at.map((i) => row[i] ?? null);
  const { release: _, ...ordered } = withClasses(first, classes);
  return {
    ...ordered,
    features,
    classes: ordered.classes.map((one, i) => ({ ...one, typical: reorder(widest.classes[i]?.typical ?? []) })),
    rows: widest.rows.map((row) => ({ ...row, features: reorder(row.features) })),
  };
}

function describes({ features }: ModelCard, { specs }: RowSchema): boolean {
  return (
    features.length === specs.length &&
    specs.every(({ name, nullable }, i) => features[i]?.name === name && features[i].nullable === nullable)
  );
}

const sameOrder = (classes: readonly string[], card: ModelCard) =>
  classes.every((name, i) => card.classes[i]?.name === name);

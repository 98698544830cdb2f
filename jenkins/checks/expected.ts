import type { FeatureValue, ModelCard } from '@coppice/contract';

export type Case = { features: FeatureValue[]; class: string | undefined };

// Rows 1, 100 and 101 of the Iris data (https://doi.org/10.24432/C56C76), far from the borders between the classes.
const iris: Case[] = [
  { features: [5.1, 3.5, 1.4, 0.2], class: 'setosa' },
  { features: [5.7, 2.8, 4.1, 1.3], class: 'versicolor' },
  { features: [6.3, 3.3, 6, 2.5], class: 'virginica' },
];

/** Rows with known classes for the bundled model; for any other model a training row, whose answer only has to be valid. */
export function smokeCases(card: Pick<ModelCard, 'name' | 'rows' | 'classes'>): Case[] {
  const bundled = card.name === 'iris' && iris.every((row) => card.classes.some(({ name }) => name === row.class));
  return bundled ? iris : card.rows.slice(0, 1).map(({ features }) => ({ features, class: undefined }));
}

/** Why an answer is wrong, or undefined when it is correct. */
export function wrongAnswer(
  expected: Case,
  answer: { class: string; probability: number[] | null },
  classes: string[],
): string | undefined {
  if (!classes.includes(answer.class)) return `${answer.class} is not a class of the model`;
  const total = answer.probability?.reduce((sum, share) => sum + share, 0) ?? 1;
  if (answer.probability && (answer.probability.length !== classes.length || Math.abs(total - 1) > 1e-3))
    return `the probabilities ${answer.probability.join(', ')} do not add up to 1`;
  if (expected.class !== undefined && answer.class !== expected.class)
    return `${expected.features.join(', ')} is ${expected.class}, not ${answer.class}`;
  return undefined;
}

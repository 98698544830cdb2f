import type { FeatureCard, FeatureValue } from '@coppice/contract';

/** A model's answers to rows, by the index of the class. */
export type Answers = {
  answered: ArrayLike<number>;
  /** Row by row, one per class; null of a model that answers none. */
  probabilities: Float64Array | null;
};

/** Test rows, and what is known of them. */
export type Evaluated = {
  model: string;
  classes: readonly string[];
  features: readonly Pick<FeatureCard, 'name' | 'kind'>[];
  /** In the order of `features`. */
  rows: readonly (readonly FeatureValue[])[];
  /** Index of each row's class. */
  actual: ArrayLike<number>;
  answers: Answers;
  /** How many rows of each class it was trained on; null when that is unknown. */
  trained: readonly number[] | null;
  /** By actual class, then by answered class, gains negative; null without any. */
  costs: Readonly<Record<string, Readonly<Record<string, number>>>> | null;
  /** For the importance of features: at most 1,000 rows a call, one call after the other. */
  infer: (rows: readonly (readonly FeatureValue[])[]) => Promise<Answers>;
  seed: number;
};

import type { FeatureCard, FeatureValue, ModelCard } from '@coppice/contract';
import { rowSchema, specOf } from '@coppice/serverkit';
import { integer, MersenneTwister19937, real } from 'random-js';
import type { Options } from './options.ts';
import { changesOf, rounded } from './shift.ts';

export type Draw = {
  body: string;
  /** The true class of the row, or null for a deliberately invalid request. */
  actual: string | null;
  user: string | undefined;
  /** Whether the answer gets feedback. */
  feedback: boolean;
};

/**
 * Draws requests. Rows are whole training rows of the model card with their gaps, drawn with replacement. This keeps the
 * correlation of features and class, so that without shift and noise neither the features nor the class mix drift. They are
 * arrays in the card's order where all features are numbers without gaps, else objects by name.
 */
export function createTraffic(
  card: Pick<ModelCard, 'features' | 'classes' | 'rows'>,
  options: Pick<Options, 'seed' | 'shifts' | 'noise' | 'users' | 'feedback' | 'errors'>,
): () => Draw {
  const { features, classes, rows } = card;
  const engine = MersenneTwister19937.seed(options.seed);
  const uniform = real(0, 1);
  const random = () => uniform(engine);
  const pickRow = integer(0, rows.length - 1);
  const pickUser = integer(1, Math.max(1, options.users));
  const changes = changesOf(options.shifts, features);
  const { numeric } = rowSchema(features.map(specOf));
  const wrong = wrongBodies(features);

  const change = (value: FeatureValue, i: number) => {
    const now = changes[i] ? changes[i](value, random) : value;
    const feature = features[i];
    if (options.noise === 0 || typeof now !== 'number' || feature?.kind !== 'number') return now;
    return rounded(now + options.noise * feature.std * normal(random), feature.step);
  };
  const bodyOf = (values: FeatureValue[]) =>
    numeric ? values : Object.fromEntries(features.map(({ name }, i) => [name, values[i] ?? null]));
  return () => {
    const user = options.users > 0 ? `simulated-${pickUser(engine)}` : undefined;
    if (random() < options.errors) {
      const body = wrong[integer(0, wrong.length - 1)(engine)] as string;
      return { body, actual: null, user, feedback: false };
    }
    const row = rows[pickRow(engine)] as (typeof rows)[number];
    return {
      body: JSON.stringify({ features: bodyOf(row.features.map(change)), user }),
      actual: classes[row.class]?.name ?? null,
      user,
      feedback: random() < options.feedback,
    };
  };
}

/** Bodies with typical mistakes of clients; the gateway must refuse each with a 4xx. */
export function wrongBodies(features: readonly FeatureCard[]): string[] {
  return [
    JSON.stringify({ features: [] }),
    JSON.stringify({ features: features.map(({ kind }) => wrongValues[kind]) }),
    JSON.stringify({ features: { no_such_feature: 1 } }),
    JSON.stringify({ rows: [] }),
    '{"features":[',
  ];
}

/** A category takes any text. */
const wrongValues: Record<FeatureCard['kind'], unknown> = {
  number: 'wide',
  date: 'yesterday',
  boolean: 'perhaps',
  category: ['a', 'b'],
};

/** A standard normal deviate (Box & Muller 1958). */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

import type { FeatureValue, ModelCard } from '@coppice/contract';
import { integer, MersenneTwister19937, real } from 'random-js';
import type { Options } from './options.ts';
import { offsets } from './shift.ts';

export type Draw = {
  body: string;
  /** The true class of the row, or null for a deliberately invalid request. */
  actual: string | null;
  user: string | undefined;
  /** Whether the answer gets feedback. */
  feedback: boolean;
};

/**
 * Draws requests. Rows are whole training rows of the model card, drawn with replacement. This keeps the correlation of
 * features and class, so that without shift and noise neither the features nor the class mix drift.
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
  const added = offsets(options.shifts, features);
  const digits = features.map((feature) =>
    'step' in feature ? Math.min(100, Math.max(0, 2 - Math.floor(Math.log10(feature.step)))) : 0,
  );
  const wrong = wrongBodies(features.length);

  const change = (value: FeatureValue, i: number) => {
    const feature = features[i];
    if (typeof value !== 'number') return value;
    const std = feature && 'std' in feature ? feature.std : 0;
    const noise = options.noise === 0 ? 0 : options.noise * std * normal(random);
    // rounded to two digits more than the training values have; otherwise a body is mostly 0.30000000000000004
    return noise === 0 && added[i] === 0 ? value : Number((value + (added[i] ?? 0) + noise).toFixed(digits[i]));
  };
  return () => {
    const user = options.users > 0 ? `simulated-${pickUser(engine)}` : undefined;
    if (random() < options.errors) {
      const body = wrong[integer(0, wrong.length - 1)(engine)] as string;
      return { body, actual: null, user, feedback: false };
    }
    const row = rows[pickRow(engine)] as (typeof rows)[number];
    return {
      body: JSON.stringify({ features: row.features.map(change), user }),
      actual: classes[row.class]?.name ?? null,
      user,
      feedback: random() < options.feedback,
    };
  };
}

/** Bodies with typical mistakes of clients; the gateway must refuse each with a 4xx. */
export function wrongBodies(features: number): string[] {
  return [
    JSON.stringify({ features: Array(features + 1).fill(1) }),
    JSON.stringify({ features: Array(features).fill('wide') }),
    JSON.stringify({ features: { no_such_feature: 1 } }),
    JSON.stringify({ rows: [] }),
    '{"features":[',
  ];
}

/** A standard normal deviate (Box & Muller 1958). */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

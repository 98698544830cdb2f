import { type Moments, moments } from '@coppice/statistics/moments';
import type { MeasuredReference } from './feature-reference.ts';

type Scored = { card: Pick<MeasuredReference['card'], 'min' | 'max'>; moments: Moments };

/**
 * One feature's part of the drift score, of its recent values in ascending order, not clamped. Values count as at most one
 * training range beyond that range, so that no single row can raise the score to its maximum. A feature that is constant
 * in training counts the share of rows that differ.
 */
export function featurePart(sorted: readonly number[], { card, moments: training }: Scored): number {
  if (training.std === 0) return shareApart(sorted, training.mean);
  const { low, high } = bounds(card);
  return featureScore(moments(sorted.map((value) => Math.max(low, Math.min(high, value)))), training);
}

/** (A + B) / 2 with A = |mean_now − mean_train| / std_train and B = |std_now − std_train| / std_train. */
export function featureScore(now: Moments, training: Moments): number {
  const a = Math.abs(now.mean - training.mean) / training.std;
  const b = Math.abs(now.std - training.std) / training.std;
  return (a + b) / 2;
}

/** The drift score, 0–1: the mean of the features' parts, clamped; null stands for a feature that has none. */
export function driftScore(parts: readonly (number | null)[]): number {
  const known = parts.filter((part) => part !== null);
  let sum = 0;
  for (const part of known) sum += part;
  return known.length === 0 ? 0 : Math.min(1, sum / known.length);
}

/** How many values lie beyond the training range ± one range; of a constant feature none do. */
export function farOutside(values: readonly number[], { card, moments: training }: Scored): number {
  if (training.std === 0) return 0;
  const { low, high } = bounds(card);
  return values.filter((value) => value < low || value > high).length;
}

const bounds = ({ min, max }: Scored['card']) => ({ low: min - (max - min), high: max + (max - min) });

/** A client may send the constant as a 32-bit float: 0.1 then arrives as 0.10000000149011612. */
function shareApart(values: readonly number[], constant: number): number {
  const sent32 = Math.fround(constant);
  return values.filter((value) => value !== constant && value !== sent32).length / values.length;
}

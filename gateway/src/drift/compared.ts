import type { FeatureReference, MeasuredReference, ValuesReference } from './feature-reference.ts';
import type { Seen, SeenMeasured, SeenValues } from './window-column.ts';

/** A number or date of the window beside what it was in training. */
export type ComparedMeasured = { reference: MeasuredReference; seen: SeenMeasured };
/** A category or boolean of the window beside what it was in training. */
export type ComparedValues = { reference: ValuesReference; seen: SeenValues };
export type Compared = ComparedMeasured | ComparedValues;

/** Puts both beside each other; `seen[i]` is of the i-th reference. */
export function compared(references: readonly FeatureReference[], seen: readonly Seen[]): Compared[] {
  return references.map((reference, i) => ({ reference, seen: seen[i] }) as Compared);
}

export const hasFigures = <C extends Compared>(feature: C): feature is C & ComparedMeasured =>
  'sample' in feature.reference;

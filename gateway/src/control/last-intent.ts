import type { ControlState } from '../storage/port/control-store.ts';

export type Intent = Pick<ControlState, 'weights' | 'shadow'>;
type Stored = Intent & Pick<ControlState, 'environment'>;

/**
 * The intent at start. The stored one wins until the environment changes, then the environment wins. Weights and shadow
 * are compared separately, so that naming a shadow does not undo a rollback. A version without a weight counts as
 * weight 0: adding or removing one does not change the environment's weights.
 */
export function lastIntent(stored: Stored | null, environment: Intent, versions: readonly string[]): Intent {
  if (!stored) return environment;
  const kept = pickWeights(stored.weights, versions);
  const sameWeights = equalWeights(stored.environment.weights, environment.weights) && totalWeight(kept) > 0;
  const sameShadow =
    stored.environment.shadow === environment.shadow && (stored.shadow === null || versions.includes(stored.shadow));
  return {
    weights: sameWeights ? kept : environment.weights,
    shadow: sameShadow ? stored.shadow : environment.shadow,
  };
}

/** The weights of these versions only; a version that has none gets 0. */
export function pickWeights(
  weights: Readonly<Record<string, number>>,
  versions: readonly string[],
): Record<string, number> {
  return Object.fromEntries(versions.map((version) => [version, weights[version] ?? 0]));
}

export function totalWeight(weights: Readonly<Record<string, number>>): number {
  return Object.values(weights).reduce((sum, weight) => sum + weight, 0);
}

export function equalIntents(a: Intent, b: Intent): boolean {
  return a.shadow === b.shadow && equalWeights(a.weights, b.weights);
}

export function equalWeights(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): boolean {
  return [...Object.keys(a), ...Object.keys(b)].every((version) => (a[version] ?? 0) === (b[version] ?? 0));
}

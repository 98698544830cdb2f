/** Versions that get no live traffic whatever their weight, and which answer if none is left. */
export type KeptOut = {
  /** Why, by version, without a full stop. */
  reasons: ReadonlyMap<string, string>;
  /** In the order in which they answer when every version with weight is kept out. */
  instead: readonly string[];
};

export const NONE_KEPT_OUT: KeptOut = { reasons: new Map(), instead: [] };

/**
 * The weights that assign requests: 0 for versions that are kept out. If that leaves none, the first of `instead` that is not
 * kept out itself has all; without one, all are 0.
 */
export function weightsInForce(
  versions: readonly string[],
  weights: readonly number[],
  { reasons, instead }: KeptOut,
): readonly number[] {
  if (reasons.size === 0) return weights;
  const kept = versions.map((name, i) => (reasons.has(name) ? 0 : (weights[i] ?? 0)));
  if (kept.some((weight) => weight > 0)) return kept;
  const first = instead.find((name) => versions.includes(name) && !reasons.has(name));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return versions.map((name) => (name === first ? total : 0));
}

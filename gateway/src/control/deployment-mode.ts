import type { ConfigView } from '@coppice/contract';

/** A newest version with at most this share of the traffic, beside the baseline alone, is a canary. */
const CANARY_SHARE = 0.2;

/** What a set of weights amounts to. `versions` in order: the first is the baseline, the last the newest. */
export function deploymentMode(
  versions: readonly string[],
  weights: Readonly<Record<string, number>>,
): ConfigView['mode'] {
  const values = versions.map((version) => weights[version] ?? 0);
  const total = values.reduce((sum, weight) => sum + weight, 0);
  const baseline = values[0] ?? 0;
  const newest = values.at(-1) ?? 0;
  if (values.every((weight) => weight === baseline)) return 'equal';
  if (baseline === total) return 'rollback';
  if (newest === total) return 'rollout';
  if (baseline + newest === total && newest > 0 && newest / total <= CANARY_SHARE) return 'canary';
  return 'custom';
}

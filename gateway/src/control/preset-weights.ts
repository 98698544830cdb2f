import type { presets } from '@coppice/contract';

type Preset = (typeof presets)[number];

/**
 * The weights behind each preset. The first version is the baseline, the last the newest; those between get nothing,
 * except in `equal`. With one version only `equal` has a meaning.
 */
export function presetWeights(versions: readonly string[]): Partial<Record<Preset, Record<string, number>>> {
  const last = versions.length - 1;
  const split = (baseline: number, newest: number) =>
    Object.fromEntries(versions.map((version, i) => [version, i === 0 ? baseline : i === last ? newest : 0]));
  const even = 100 % versions.length === 0 ? 100 / versions.length : 1;
  const equal = Object.fromEntries(versions.map((version) => [version, even]));
  if (last < 1) return { equal };
  return { equal, canary: split(90, 10), full: split(0, 100), rollback: split(100, 0) };
}

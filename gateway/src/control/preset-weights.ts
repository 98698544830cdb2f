import { type PresetName, presetNames, presets } from '@coppice/contract';

/**
 * The weights behind each preset. The first version is the baseline, the last the newest. With one version only `equal`
 * has a meaning.
 */
export function presetWeights(versions: readonly string[]): Partial<Record<PresetName, Record<string, number>>> {
  const last = versions.length - 1;
  const even = 100 % versions.length === 0 ? 100 / versions.length : 1;
  const weightsOf = (newest: number | 'even') =>
    Object.fromEntries(
      versions.map((version, i) => [
        version,
        newest === 'even' ? even : i === 0 ? 100 - newest : i === last ? newest : 0,
      ]),
    );
  const possible = presetNames.filter((name) => last > 0 || presets[name].newest === 'even');
  return Object.fromEntries(possible.map((name) => [name, weightsOf(presets[name].newest)]));
}

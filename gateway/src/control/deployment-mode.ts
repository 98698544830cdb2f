import { type ConfigView, presetNames, presets } from '@coppice/contract';

/** What a set of weights amounts to. `versions` in order: the first is the baseline, the last the newest. */
export function deploymentMode(
  versions: readonly string[],
  weights: Readonly<Record<string, number>>,
): ConfigView['mode'] {
  const values = versions.map((version) => weights[version] ?? 0);
  const total = values.reduce((sum, weight) => sum + weight, 0);
  const baseline = values[0] ?? 0;
  const newest = values.at(-1) ?? 0;
  const even = values.every((weight) => weight === baseline);
  const share = newest / total;
  const isMode = (name: keyof typeof presets) => {
    const preset = presets[name];
    if (preset.newest === 'even') return even;
    if (baseline + newest !== total) return false;
    return 'mode' in preset ? share > preset.mode.above && share <= preset.mode.upTo : share === preset.newest / 100;
  };
  return presetNames.find(isMode) ?? 'custom';
}

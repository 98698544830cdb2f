import { presetNames } from '@coppice/contract';
import { expect, it } from 'vitest';
import { deploymentMode } from './deployment-mode.ts';
import { presetWeights } from './preset-weights.ts';

it.each([
  ['equal', [50, 50]],
  ['equal', [1, 1]],
  ['equal', [7]],
  ['equal', [1, 1, 1]],
  ['canary', [90, 10]],
  ['canary', [99, 1]],
  ['canary', [80, 20]],
  ['custom', [79, 21]],
  ['custom', [799, 201]],
  ['custom', [10, 90]],
  ['full', [0, 100]],
  ['full', [0, 0, 1]],
  ['rollback', [100, 0]],
  ['rollback', [3, 0, 0]],
  ['canary', [90, 0, 10]],
  ['custom', [90, 10, 0]],
  ['custom', [60, 30, 10]],
  ['custom', [0, 1, 0]],
  ['custom', [50, 50, 0]],
])('calls it %s when the weights are %j', (mode, values) => {
  const versions = values.map((_, index) => `v${index + 1}`);
  const weights = Object.fromEntries(versions.map((version, index) => [version, values[index] as number]));
  expect(deploymentMode(versions, weights)).toBe(mode);
});

it.each([2, 3, 4, 7])('agrees with the presets of %i versions', (n) => {
  const versions = Array.from({ length: n }, (_, index) => `v${index + 1}`);
  const modes = Object.entries(presetWeights(versions)).map(([preset, weights]) => [
    preset,
    deploymentMode(versions, weights),
  ]);
  expect(modes).toEqual(presetNames.map((name) => [name, name]));
});

import { expect, it } from 'vitest';
import { presetWeights } from './preset-weights.ts';

it('splits two versions as the design says', () => {
  expect(presetWeights(['v1', 'v2'])).toMatchObject({
    equal: { v1: 50, v2: 50 },
    canary: { v1: 90, v2: 10 },
    full: { v1: 0, v2: 100 },
    rollback: { v1: 100, v2: 0 },
  });
});

it('takes the first of more versions as the baseline and the last as the newest', () => {
  expect(presetWeights(['v1', 'v2', 'v10'])).toMatchObject({
    equal: { v1: 1, v2: 1, v10: 1 },
    canary: { v1: 90, v2: 0, v10: 10 },
    full: { v1: 0, v2: 0, v10: 100 },
    rollback: { v1: 100, v2: 0, v10: 0 },
  });
});

it('offers one version nothing to split', () => {
  expect(presetWeights(['v1'])).toEqual({ equal: { v1: 100 } });
});

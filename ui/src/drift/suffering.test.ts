import { expect, it } from 'vitest';
import { suffering } from './suffering.ts';

const comparison = (metric: string, verdict: string) =>
  ({
    baseline: 'v1',
    candidates: [{ version: 'v2', words: `v2 is ${verdict}`, means: [{ metric, verdict }] }],
  }) as never;
const prediction = { versions: [{ version: 'v2', drifted: true }] } as never;

it('names the version that feedback shows to be worse, whichever of both it is', () => {
  expect(suffering({ prediction: null }, comparison('accuracy', 'worse'))).toEqual([
    { version: 'v2', why: 'v2 is worse' },
  ]);
  expect(suffering({ prediction: null }, comparison('accuracy', 'better'))).toEqual([
    { version: 'v1', why: 'v2 is better' },
  ]);
  expect(suffering({ prediction: null }, comparison('accuracy', 'no difference seen'))).toEqual([]);
  expect(suffering({ prediction: null }, null)).toEqual([]);
});

it('names a version that predicts other classes than expected, unless feedback says more', () => {
  expect(suffering({ prediction }, null)).toEqual([{ version: 'v2', why: 'it predicts other classes than expected' }]);
  expect(suffering({ prediction }, comparison('log_loss', 'worse'))).toEqual([{ version: 'v2', why: 'v2 is worse' }]);
});

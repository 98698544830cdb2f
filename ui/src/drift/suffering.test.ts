import { expect, it } from 'vitest';
import { suffering } from './suffering.ts';

const comparison = (metric: string, verdict: string) =>
  ({
    baseline: 'v1',
    candidates: [{ version: 'v2', means: [{ metric, verdict, effect: verdict === 'worse' ? -0.05 : 0.05 }] }],
  }) as never;
const prediction = { versions: [{ version: 'v2', drifted: true }] } as never;

it('names the version that feedback shows to be worse, whichever of both it is', () => {
  expect(suffering({ prediction: null }, comparison('accuracy', 'worse'))).toEqual([
    { version: 'v2', why: 'accuracy −5.0 points against v1' },
  ]);
  expect(suffering({ prediction: null }, comparison('accuracy', 'better'))).toEqual([
    { version: 'v1', why: 'accuracy −5.0 points against v2' },
  ]);
  expect(suffering({ prediction: null }, comparison('accuracy', 'no difference seen'))).toEqual([]);
  expect(suffering({ prediction: null }, null)).toEqual([]);
});

it('names a version that predicts other classes than expected, unless feedback says more', () => {
  expect(suffering({ prediction }, null)).toEqual([{ version: 'v2', why: 'it predicts other classes than expected' }]);
  expect(suffering({ prediction }, comparison('log_loss', 'worse'))).toEqual([
    { version: 'v2', why: 'log loss −0.05 against v1' },
  ]);
});

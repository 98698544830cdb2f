import { expect, it } from 'vitest';
import { readDriftConfig } from './drift-config.ts';

it('has the defaults of the documentation', () => {
  expect(readDriftConfig({})).toEqual({ window: 500, minSamples: 200, threshold: 0.3 });
});

it('needs no more samples than a small window holds', () => {
  expect(readDriftConfig({ DRIFT_WINDOW: '100' })).toEqual({ window: 100, minSamples: 100, threshold: 0.3 });
});

it.each([
  [{ DRIFT_WINDOW: '0' }, 'DRIFT_WINDOW=0 is not allowed: must be a whole number from 10 to 10000'],
  [{ DRIFT_WINDOW: '1e9' }, 'DRIFT_WINDOW=1e9 is not allowed'],
  [
    { DRIFT_WINDOW: '300', DRIFT_MIN_SAMPLES: '301' },
    'DRIFT_MIN_SAMPLES=301 is not allowed: must be a whole number from 10 to DRIFT_WINDOW (300)',
  ],
  [{ DRIFT_MIN_SAMPLES: '2' }, 'DRIFT_MIN_SAMPLES=2 is not allowed'],
  [{ DRIFT_THRESHOLD: '0' }, 'DRIFT_THRESHOLD=0 is not allowed: must be a number from 0.01 to 1'],
  [{ DRIFT_THRESHOLD: 'low' }, 'DRIFT_THRESHOLD=low is not allowed'],
])('refuses %j', (env, words) => {
  expect(() => readDriftConfig(env)).toThrow(words);
});

import { expect, it } from 'vitest';
import { pairOf } from './start-rollout.ts';

const ready = () => null;
const pair = (version: string, weights: Record<string, number>, unready: (name: string) => string | null = ready) =>
  pairOf({ version }, { weights, rollout: null, unready });

it('takes the other version with the most weight as the baseline', () => {
  expect(pair('v2', { v1: 100, v2: 0 })).toEqual({ version: 'v2', baseline: 'v1' });
  expect(pair('v1', { v1: 0, v2: 100 })).toEqual({ version: 'v1', baseline: 'v2' });
  expect(pair('v3', { v1: 10, v2: 90, v3: 0 })).toEqual({ version: 'v3', baseline: 'v2' });
});

it('does not start without a baseline that has weight and is ready', () => {
  expect(() => pair('v2', { v1: 0, v2: 100 })).toThrow('No other version than v2 has weight to take from.');
  expect(() => pair('v2', { v1: 100, v2: 0 }, (name) => (name === 'v1' ? 'no answer' : null))).toThrow(
    'v1 is not ready: no answer.',
  );
});

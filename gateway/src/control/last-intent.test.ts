import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ControlState } from '../storage/port/control-store.ts';
import { lastIntent } from './last-intent.ts';

const even = { v1: 50, v2: 50 };
const canary = { v1: 90, v2: 10 };
const rollback = { v1: 100, v2: 0 };
const stored = (
  weights: Record<string, number>,
  environment: Record<string, number>,
  shadow: string | null = null,
  environmentShadow: string | null = null,
) => ({ revision: 3, weights, shadow, environment: { weights: environment, shadow: environmentShadow } });
const both = ['v1', 'v2'];

describe('last intent wins at a start', () => {
  it('takes the environment when nothing is stored', () => {
    expect(lastIntent(null, { weights: canary, shadow: 'v2' }, both)).toEqual({ weights: canary, shadow: 'v2' });
  });

  it('keeps what was set at run time while the environment stays the same', () => {
    expect(lastIntent(stored(rollback, even), { weights: even, shadow: null }, both).weights).toEqual(rollback);
  });

  it('takes the environment once its weights changed', () => {
    expect(lastIntent(stored(rollback, even), { weights: canary, shadow: null }, both).weights).toEqual(canary);
  });

  it('judges the shadow apart from the weights', () => {
    expect(lastIntent(stored(rollback, even), { weights: even, shadow: 'v2' }, both)).toEqual({
      weights: rollback,
      shadow: 'v2',
    });
    expect(lastIntent(stored(rollback, even, 'v2'), { weights: canary, shadow: null }, both)).toEqual({
      weights: canary,
      shadow: 'v2',
    });
    expect(lastIntent(stored(rollback, even, null, 'v2'), { weights: even, shadow: 'v2' }, both).shadow).toBeNull();
  });
});

describe('when versions come and go between starts', () => {
  const three = ['v1', 'v2', 'v3'];

  it('adds a version without weight and leaves the stored split alone', () => {
    const environment = { weights: { ...even, v3: 0 }, shadow: null };
    expect(lastIntent(stored(rollback, even), environment, three).weights).toEqual({ v1: 100, v2: 0, v3: 0 });
  });

  it('takes the environment when the new version comes with a weight', () => {
    const environment = { weights: { ...even, v3: 10 }, shadow: null };
    expect(lastIntent(stored(rollback, even), environment, three).weights).toEqual({ v1: 50, v2: 50, v3: 10 });
  });

  it('takes the environment when a version with a weight of the environment is gone', () => {
    const environment = { weights: even, shadow: null };
    expect(lastIntent(stored({ v1: 1, v2: 1, v3: 8 }, { ...even, v3: 5 }), environment, both).weights).toEqual(even);
  });

  it('drops a version that is gone and had no weight in the environment', () => {
    const environment = { weights: even, shadow: null };
    expect(lastIntent(stored({ v1: 8, v2: 1, v3: 1 }, { ...even, v3: 0 }), environment, both).weights).toEqual({
      v1: 8,
      v2: 1,
    });
  });

  it('takes the environment when the stored weight was all on a version that is gone', () => {
    const environment = { weights: even, shadow: null };
    expect(lastIntent(stored({ v1: 0, v2: 0, v3: 1 }, { ...even, v3: 0 }), environment, both).weights).toEqual(even);
  });

  it('ends the shadow of a version that is gone', () => {
    expect(lastIntent(stored(even, even, 'v3'), { weights: even, shadow: null }, both).shadow).toBeNull();
  });
});

it('is always the newest of what was set, over any order of starts and changes', () => {
  const weights = fc.constantFrom(even, canary, rollback, { v1: 0, v2: 1 });
  const event = fc.record({ what: fc.constantFrom('start', 'environment', 'patch'), weights });
  fc.assert(
    fc.property(weights, fc.array(event, { maxLength: 12 }), (first, events) => {
      let environment = { weights: first, shadow: null };
      let state: Pick<ControlState, 'weights' | 'shadow' | 'environment'> = { ...environment, environment };
      let newest: Record<string, number> = first;
      for (const { what, weights } of events) {
        if (what === 'patch') state = { ...state, weights };
        if (what === 'environment') environment = { weights, shadow: null };
        if (what === 'patch' || (what === 'environment' && state.environment.weights !== weights)) newest = weights;
        if (what !== 'patch') state = { ...state, ...lastIntent(state, environment, both), environment };
        expect(state.weights).toEqual(newest);
      }
    }),
    { seed: 3, numRuns: 500 },
  );
});

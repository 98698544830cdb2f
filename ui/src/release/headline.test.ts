import { describe, expect, it } from 'vitest';
import { headline, sinceWords, subjectOf, weightsSince } from './headline.ts';

const two = ['v1', 'v2'];
const running = { version: 'v2', state: 'running', paused_by: null } as const;
const situation = (weights: Record<string, number>, mode: 'equal' | 'canary' | 'full' | 'rollback' | 'custom') => ({
  ...{ versions: Object.keys(weights), weights, mode, rollout: null },
});

describe('the headline', () => {
  it.each([
    [situation({ v1: 90, v2: 10 }, 'canary'), 'v2 canary · 10 %'],
    [situation({ v1: 1, v2: 1 }, 'equal'), 'v1 and v2 · 50 % each'],
    [situation({ v1: 1, v2: 1, v3: 1, v4: 1, v5: 1 }, 'equal'), '5 versions · 20 % each'],
    [situation({ v1: 0, v2: 7 }, 'full'), 'v2 · all traffic'],
    [situation({ v1: 100, v2: 0 }, 'rollback'), 'v1 · all traffic'],
    [situation({ v1: 70, v2: 30 }, 'custom'), 'v2 · 30 %'],
    [situation({ v1: 60, v2: 20, v3: 20 }, 'custom'), 'v1 60 % · v2 20 % · v3 20 %'],
    [{ ...situation({ v1: 90, v2: 10 }, 'canary'), rollout: running }, 'v2 rollout · 10 %'],
    [
      {
        ...situation({ v1: 90, v2: 10 }, 'canary'),
        rollout: { ...running, state: 'paused', paused_by: 'self' } as const,
      },
      'v2 rollout, paused · 10 %',
    ],
    // others' weights are in force
    [
      {
        ...situation({ v1: 60, v2: 40 }, 'custom'),
        rollout: { ...running, state: 'paused', paused_by: 'human' } as const,
      },
      'v2 · 40 %',
    ],
    [
      { ...situation({ v1: 100, v2: 0 }, 'rollback'), rollout: { ...running, state: 'done' } as const },
      'v1 · all traffic',
    ],
  ])('of %j is "%s"', (given, words) => expect(headline(given)).toBe(words));

  it('is about the version that is rolled out, else the newest one with traffic', () => {
    expect(subjectOf(situation({ v1: 90, v2: 10, v3: 0 }, 'custom'))).toBe('v2');
    expect(subjectOf(situation({ v1: 100, v2: 0, v3: 0 }, 'rollback'))).toBe('v3');
    expect(subjectOf({ ...situation({ v1: 90, v2: 0, v3: 10 }, 'custom'), rollout: running })).toBe('v2');
    expect(subjectOf(situation({ v1: 1 }, 'full'))).toBeNull();
    expect(subjectOf({ ...situation({ v1: 1, v2: 0 }, 'rollback'), versions: two })).toBe('v2');
  });

  it('says since when, and for how long', () => {
    const since = new Date(2026, 10, 26, 7, 2);
    expect(sinceWords(since.toISOString(), since.getTime() + 4 * 3_600_000)).toBe('since 07:02 (4 h)');
  });

  it('counts from the first of the last epochs that have the present weights', () => {
    const epoch = (since: string, v2: number) => ({ since, weights: { v1: 100 - v2, v2 }, releases: {} });
    const epochs = [epoch('a', 10), epoch('b', 50), epoch('c', 10), epoch('d', 10)];
    expect(weightsSince(epochs, { v1: 9, v2: 1 })).toBe('c');
    expect(weightsSince(epochs, { v1: 1, v2: 1 })).toBeNull();
    expect(weightsSince([], { v1: 1, v2: 1 })).toBeNull();
  });
});

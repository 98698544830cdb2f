import { describe, expect, it } from 'vitest';
import { promotedWeights, restoredWeights } from './champion-weights.ts';

const serving = (...releases: (number | null)[]) => releases.map((release, i) => ({ version: `v${i + 1}`, release }));

describe('the weights of a promotion', () => {
  it.each<[string, Record<string, number>, (number | null)[], Record<string, number>]>([
    ['the first version has all', { v1: 90, v2: 10 }, [1, 2], { v1: 100, v2: 0 }],
    ['even from a challenger that has all', { v1: 0, v2: 7 }, [1, 2], { v1: 100, v2: 0 }],
    ['others keep their share', { v1: 40, v2: 40, v3: 20 }, [1, 2, null], { v1: 80, v2: 0, v3: 20 }],
    ['others keep all that there is', { v1: 0, v2: 0, v3: 5 }, [1, 2, 9], { v1: 0, v2: 0, v3: 5 }],
    ['all that serve it give theirs', { v1: 1, v2: 2, v3: 3 }, [1, 2, 2], { v1: 100, v2: 0, v3: 0 }],
    ['a single version has all', { v1: 50 }, [1], { v1: 100 }],
  ])('%s', (_, weights, releases, expected) => {
    expect(promotedWeights(weights, serving(...releases), 2)).toEqual(expected);
  });
});

describe('the weights of a rollback', () => {
  const promoted = { champion: 2, challenger: 2 };
  it.each<[string, Record<string, number> | null, (number | null)[], Record<string, number>]>([
    ['the release that is taken out gets none', { v1: 90, v2: 10 }, [2, 2], { v1: 100, v2: 0 }],
    ['even where it had all', { v1: 0, v2: 100 }, [2, 2], { v1: 100, v2: 0 }],
    ['others get what they had', { v1: 60, v2: 10, v3: 30 }, [2, 2, null], { v1: 70, v2: 0, v3: 30 }],
    ['the present ones count where none are known', null, [2, 2, 7], { v1: 30, v2: 0, v3: 20 }],
  ])('%s', (_, before, releases, expected) => {
    const present = releases.length === 3 ? { v1: 25, v2: 5, v3: 20 } : { v1: 100, v2: 0 };
    expect(restoredWeights(before, present, serving(...releases), promoted)).toEqual(expected);
  });

  it('give none to a challenger that came in since, whose release had none before', () => {
    const aliases = { champion: 2, challenger: 3 };
    expect(restoredWeights({ v1: 50, v2: 50 }, { v1: 100, v2: 0 }, serving(2, 3), aliases)).toEqual({ v1: 100, v2: 0 });
  });
});

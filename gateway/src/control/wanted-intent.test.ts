import type { ConfigPatch } from '@coppice/contract';
import { HttpError } from '@coppice/serverkit';
import { describe, expect, it } from 'vitest';
import { toClientError } from '../endpoints/client-errors.ts';
import { wantedIntent } from './wanted-intent.ts';

type Change = Omit<ConfigPatch, 'reason'>;
const even = { v1: 50, v2: 50 };
const wanted = (change: Change, versions = ['v1', 'v2']) =>
  wantedIntent({ reason: 'x', ...change }, { weights: even, shadow: 'v2' }, versions);

describe('what a patch asks for', () => {
  it.each<[Change, unknown]>([
    [{ weights: { v2: 10, v1: 90 } }, { weights: { v1: 90, v2: 10 }, shadow: 'v2' }],
    [{ weights: { v1: 0, v2: 1_000_000 } }, { weights: { v1: 0, v2: 1_000_000 }, shadow: 'v2' }],
    [{ preset: 'full' }, { weights: { v1: 0, v2: 100 }, shadow: 'v2' }],
    [{ shadow: 'v1' }, { weights: even, shadow: 'v1' }],
    [{ shadow: null }, { weights: even, shadow: null }],
    [
      { preset: 'rollback', shadow: null },
      { weights: { v1: 100, v2: 0 }, shadow: null },
    ],
  ])('is whole when it says %j', (change, expected) => {
    expect(wanted(change)).toEqual(expected);
  });

  it.each<[Change, string, string]>([
    [{ weights: { v1: 1, v2: 1, v9: 1 } }, '/weights/v9', 'that does not exist (v9): v1, v2 exist'],
    [{ weights: { v1: 1, 'a/b': 1 } }, '/weights/a~1b', 'that does not exist (a/b)'],
    [{ weights: { v1: 100 } }, '/weights', 'must name every version (v1, v2): v2 is missing'],
    [{ weights: {} }, '/weights', 'v1, v2 are missing'],
    [{ weights: { v1: 0, v2: 0 } }, '/weights', 'must have at least one weight above 0'],
    [{ weights: { v1: 1, v2: 1_000_001 } }, '/weights/v2', 'must be at most 1000000'],
    [{ weights: even, preset: 'full' }, '/preset', 'cannot be given together with weights'],
    [{ weights: even, shadow: 'v3' }, '/shadow', 'that does not exist (v3)'],
    [{ shadow: '' }, '/shadow', 'that does not exist ()'],
    [{}, '', 'The body must have weights, a preset or a shadow to change.'],
  ])('is refused when it says %j', (change, pointer, detail) => {
    const answer = () => {
      try {
        wanted(change);
      } catch (error) {
        throw toClientError(error);
      }
    };
    expect(answer).toThrow(HttpError);
    expect(answer).toThrow(expect.objectContaining({ status: 400, errors: [expect.objectContaining({ pointer })] }));
    expect(answer).toThrow(detail);
  });

  it('has presets for two versions or more', () => {
    expect(() => wanted({ preset: 'canary' }, ['v1'])).toThrow('canary needs at least two versions: only v1 exists');
  });
});

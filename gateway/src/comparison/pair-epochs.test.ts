import { countedEpoch } from '@coppice/testkit/epoch-cells';
import { describe, expect, it } from 'vitest';
import { epochsOfReleases, firstReleases, pairEpochs, releasesInForce } from './pair-epochs.ts';

const [A, B] = ['a'.repeat(64), 'b'.repeat(64)];
const weights = { v1: 3, v2: 1 };
const epochs = (...of: (string | null)[]) =>
  of.map((v2, i) => countedEpoch({ id: i + 1, period: i + 1, weights, releases: { v1: A, v2 } }, []));
const ids = (found: readonly { id: number }[]) => found.map(({ id }) => id);

describe('the epochs of releases', () => {
  it('never add up two releases of a version', () => {
    expect(ids(epochsOfReleases(epochs(A, B, B), ['v1', 'v2'], { v1: A, v2: B }))).toEqual([2, 3]);
  });

  it('take an unknown release for the same, unless there were two', () => {
    expect(ids(epochsOfReleases(epochs(null, B), ['v2'], { v2: B }))).toEqual([1, 2]);
    expect(ids(epochsOfReleases(epochs(B, null), ['v2'], { v2: null }))).toEqual([1, 2]);
    expect(ids(epochsOfReleases(epochs(A, null, B), ['v2'], { v2: B }))).toEqual([3]);
    expect(ids(epochsOfReleases(epochs(null, null), ['v2'], {}))).toEqual([1, 2]);
  });

  it('leave alone what other versions serve', () => {
    expect(ids(epochsOfReleases(epochs(A, B), ['v1'], { v1: A, v2: B }))).toEqual([1, 2]);
  });
});

it('knows the releases of now, and before a version answers those of the newest epoch', () => {
  expect(releasesInForce(epochs(A, B), { v1: null, v2: null })).toEqual({ v1: A, v2: B });
  expect(releasesInForce(epochs(A, A), { v2: B })).toEqual({ v1: A, v2: B });
  expect(firstReleases(epochs(null, A, B), { v1: A, v2: B })).toEqual({ v1: A, v2: A });
});

it('gives the share of the pair, and empty cells for what nothing was counted of', () => {
  const [epoch] = pairEpochs(epochs(A), { candidate: 'v2', baseline: 'v1' }, {});
  expect(epoch?.share).toBe(0.25);
  expect(epoch?.candidate.metric('accuracy').n.some((n) => n > 0)).toBe(false);
});

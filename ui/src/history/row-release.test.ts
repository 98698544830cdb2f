import { describe, expect, it } from 'vitest';
import { notServed, releaseOf } from './row-release.ts';

const release = (number: number, card_sha256: string) => ({
  ...{ number, created_at: '2026-03-01T08:00:12.000Z', created_by: 'jenkins', aliases: [], approval: null, tags: {} },
  ...{ algorithm: 'random-forest', accuracy: 0.9, test_rows: 10, features: 1, classes: ['a', 'b'], report: false },
  ...{ gate: null, card_sha256 },
});
const view = {
  releases: [release(7, 'b'), release(4, 'a')],
  serving: [{ version: 'v1', release: 7, alias: null }],
};
const row = (card: string | null, model_version = 'v1') => ({ model_version, release: card });

describe('the release of a row', () => {
  it('is the one whose card it was recorded with', () => {
    expect(['a', 'b', 'c', null].map((card) => releaseOf(row(card), view))).toEqual([4, 7, null, null]);
    expect(releaseOf(row('a'), null)).toBeNull();
  });

  it('is the one that the version serves, where two releases have the same card', () => {
    const twice = { ...view, releases: [release(8, 'b'), ...view.releases] };
    expect(releaseOf(row('b'), twice)).toBe(7);
    expect(notServed(row('b'), twice, ['v1'])).toBeNull();
    expect(releaseOf(row('b', 'v2'), twice)).toBe(8);
  });

  it('can be asked while its version serves it, or as far as one knows', () => {
    expect(notServed(row('b'), view, ['v1'])).toBeNull();
    expect(notServed(row('a'), view, ['v1'])).toBe('v1 serves release 7 by now; release 4 answered this row.');
    expect(notServed(row('c'), null, ['v1'])).toBeNull();
    expect(notServed(row('b', 'v9'), view, ['v1'])).toBe('v9 is no version of this gateway any more.');
  });
});

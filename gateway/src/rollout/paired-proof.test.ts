import { emptyBucketed } from '@coppice/statistics/bucketed';
import { expect, it } from 'vitest';
import type { EpochCells } from '../storage/port/comparison-store.ts';
import { pairedProof } from './paired-proof.ts';

const pair = { version: 'v2', baseline: 'v1', releases: { candidate: 'b', baseline: 'a' } };

/** Rows that v1 answered and the shadow `against` too; the right ones of one alone, spread over all buckets. */
function epoch([rows, onlyV1, onlyShadow]: number[], { against = 'v2', v2 = 'b' } = {}): EpochCells {
  const spread = (total: number) => Float64Array.from({ length: 64 }, () => total / 64);
  const sums = { n: spread(rows ?? 0), sum: spread(onlyV1 ?? 0), squares: spread(onlyShadow ?? 0) };
  return {
    ...{ id: 1, period: 1, started: 0, updated: 0, weights: { v1: 1, v2: 0 }, releases: { v1: 'a', v2 } },
    cells: [
      { version: 'v1', metric: 'paired', against, ...sums },
      { version: 'v1', metric: 'accuracy', against: '', ...emptyBucketed() },
    ],
    latencies: [],
  };
}

it.each<[string, number[], boolean, string]>([
  ['as many right', [640, 10, 10], true, 'of 640 rows that both answered, only v2 was right in 10 and only v1 in 10'],
  ['more right', [640, 4, 31], true, 'only v2 was right in 31 and only v1 in 4'],
  ['fewer right, but not certainly', [640, 9, 4], true, 'only v2 was right in 4 and only v1 in 9'],
  ['fewer right for certain', [640, 31, 4], false, 'only v2 was right in 4 and only v1 in 31'],
  ['too few rows', [64, 0, 0], false, 'it takes 100 rows'],
])('a candidate with %s', (_, counted, ok, words) => {
  expect(pairedProof([epoch(counted)], pair)).toEqual({ ok, words: expect.stringContaining(words) });
});

it('adds up the epochs of the same releases, and is none without them', () => {
  expect(pairedProof([epoch([64, 1, 2]), epoch([64, 1, 2])], pair)).toMatchObject({ ok: true });
  expect(pairedProof([], pair)).toBeNull();
  expect(pairedProof([epoch([640, 0, 0], { against: 'v3' }), epoch([640, 0, 0], { v2: 'c' })], pair)).toBeNull();
});

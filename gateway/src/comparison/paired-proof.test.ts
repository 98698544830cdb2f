import { countedEpoch } from '@coppice/testkit/epoch-cells';
import { describe, expect, it } from 'vitest';
import { pairEpochs } from './pair-epochs.ts';
import { pairedProof } from './paired-proof.ts';

const pair = { candidate: 'v2', baseline: 'v1' };

/** Rows of `version` that `against` answered too, by bucket: all, only right by the version, only right by the shadow. */
function paired(version: string, against: string, rows: [n: number, own: number, shadow: number][]) {
  const sums = (i: 0 | 1 | 2) => Float64Array.from({ length: 64 }, (_, bucket) => rows[bucket]?.[i] ?? 0);
  const epoch = countedEpoch({ period: 1, weights: { v1: 1, v2: 0 } }, []);
  const cell = { version, against, metric: 'paired' as const, n: sums(0), sum: sums(1), squares: sums(2) };
  return pairEpochs([{ ...epoch, cells: [cell] }], pair, {});
}

/** 31 : 4 for the shadow, over 35 buckets. */
const rows = Array.from({ length: 40 }, (_, i): [number, number, number] => [
  10,
  i < 4 ? 1 : 0,
  i >= 4 && i < 35 ? 1 : 0,
]);

describe('the paired proof', () => {
  it('is evidence at 31 : 4, whichever version is the shadow', () => {
    const shadowed = pairedProof(paired('v1', 'v2', rows), pair, 0.05);
    expect(shadowed).toMatchObject({ rows: 400, candidate_right: 31, baseline_right: 4, verdict: 'better' });
    // the oracle has 8.94, of rows that all come from other users
    expect(shadowed?.log_e).toBeCloseTo(8.6, 1);
    expect(pairedProof(paired('v2', 'v1', rows), pair, 0.05)).toMatchObject({
      ...{ candidate_right: 4, baseline_right: 31, verdict: 'worse' },
    });
  });

  it('says nothing by few users, or where both are right alike', () => {
    expect(pairedProof(paired('v1', 'v2', rows.slice(0, 5)), pair, 0.05)?.verdict).toBe('not enough data');
    const same = rows.map(([n]): [number, number, number] => [n, 0, 0]);
    expect(pairedProof(paired('v1', 'v2', same), pair, 0.05)?.verdict).toBe('nothing seen');
    expect(pairedProof(paired('v1', 'v3', rows), pair, 0.05)).toBeNull();
  });
});

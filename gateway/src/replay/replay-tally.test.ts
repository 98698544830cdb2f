import { describe, expect, it } from 'vitest';
import { ReplayTally } from './replay-tally.ts';
import type { ReplayableRow } from './replayable-row.ts';

const classes = ['a', 'b'];
/** The hash of a user whose rows are in bucket `i`. */
const userOf = (i: number) => i.toString(16).padStart(2, '0').repeat(8);
let n = 0;
const row = (change: Partial<ReplayableRow> = {}): ReplayableRow => ({
  prediction_id: `0198c5b2-7c00-7000-8000-${(n++).toString(16).padStart(12, '0')}`,
  ...{ time: '2026-01-01T00:00:00.000Z', model_version: 'v1', assigned: 'v1', release: 'r1', route: 'weighted' },
  ...{
    source: 'api',
    reference: null,
    user_hash: null,
    feature_names: null,
    features: [1],
    values: [1],
    prediction: 0,
    class: 'a',
  },
  ...{ probability: null, latency_ms: 1, error: null, actual: null, outcome: null },
  ...change,
});
const tallyOf = () =>
  new ReplayTally({ classes, version: 'v2', release: 'r2', inForce: (name) => ({ v1: 'r1', v2: 'r2' })[name] ?? null });

describe('the tally of a replay', () => {
  it('has the paired evidence of the oracle: 31 : 4', () => {
    const tally = tallyOf();
    for (let i = 0; i < 31; i++) tally.answered(row({ class: 'a', actual: 'b', user_hash: userOf(i) }), 1, 0.001);
    for (let i = 0; i < 4; i++) tally.answered(row({ class: 'a', actual: 'a', user_hash: userOf(i) }), 1, 0.001);
    const { paired } = tally.report().comparisons[0] as NonNullable<
      ReturnType<typeof tally.report>['comparisons'][number]
    >;
    expect(paired).toMatchObject({ only_replayed: 31, only_live: 4, verdict: 'better' });
    expect(paired).toMatchObject({ design_effect: 1, log_e: expect.closeTo(8.93928611553215, 9) });
  });

  it('does not take one user for many', () => {
    const [many, one] = [tallyOf(), tallyOf()];
    for (let i = 0; i < 31; i++) {
      many.answered(row({ class: 'a', actual: 'b', user_hash: userOf(i * 7) }), 1, 0.001);
      one.answered(row({ class: 'a', actual: 'b', user_hash: '0'.repeat(16) }), 1, 0.001);
    }
    for (let i = 0; i < 8; i++) one.answered(row({ class: 'a', actual: 'a', user_hash: userOf(i) }), 1, 0.001);
    expect(many.report().comparisons[0]?.paired.verdict).toBe('better');
    expect(one.report().comparisons[0]?.paired.design_effect).toBeGreaterThan(2);
    expect(one.report().comparisons[0]?.paired.verdict).toBe('no difference seen');
  });

  it('keeps releases apart, the one in force first, and does not compare a version with itself', () => {
    const tally = tallyOf();
    for (let i = 0; i < 3; i++) tally.answered(row({ release: 'r0' }), 1, 0.001);
    tally.answered(row(), 0, 0.001);
    tally.answered(row({ model_version: 'v2', release: 'r2', actual: 'a' }), 0, 0.001);
    tally.answered(row({ model_version: 'v2', release: 'r1' }), 0, 0.001);
    const { comparisons, rows, accuracy, disagreements } = tally.report();
    expect(comparisons.map((one) => [one.live_version, one.live_release, one.in_force, one.compared])).toEqual([
      ['v1', 'r1', true, 1],
      ['v1', 'r0', false, 3],
      ['v2', 'r1', false, 1],
    ]);
    expect({ rows, accuracy }).toMatchObject({ rows: 6, accuracy: { right: 1, rows: 1 } });
    expect(disagreements).toHaveLength(3);
  });

  it('keeps the first 100 disagreements', () => {
    const tally = tallyOf();
    for (let i = 0; i < 150; i++) tally.answered(row(), 1, 0.001);
    expect(tally.report().disagreements).toHaveLength(100);
    expect(tally.report().comparisons[0]).toMatchObject({ compared: 150, agreed: 0 });
  });
});

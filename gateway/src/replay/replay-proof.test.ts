import type { ReplayComparison, ReplayView } from '@coppice/contract';
import { describe, expect, it } from 'vitest';
import { replayProof } from './replay-proof.ts';
import { readReplay } from './stored-replays.ts';

const comparison = (change: Partial<ReplayComparison> & { agreed: number }): ReplayComparison => {
  const { agreed, compared = 1000 } = change;
  return {
    ...{ live_version: 'v1', live_release: 'r1', in_force: true, compared, with_feedback: 0, live_right: 0 },
    agreement: { value: agreed / compared, interval: [agreed / compared - 0.02, agreed / compared + 0.02] },
    paired: { only_replayed: 0, only_live: 0, log_e: 0, design_effect: 1, verdict: 'no difference seen' },
    ...{ replayed_right: 0, confusion: [], ...change },
  };
};
const paired = (b: number, c: number, verdict: ReplayComparison['paired']['verdict']) => ({
  paired: { only_replayed: b, only_live: c, log_e: 9, design_effect: 1, verdict },
});
const time = (day: number) => new Date(Date.UTC(2026, 0, day)).toISOString();
const view = (change: Partial<ReplayView> = {}): ReplayView => ({
  ...{ id: 'a', version: 'v2', release: 'r2', state: 'done', end_reason: null, held: null, who: 'admin', reason: 'x' },
  ...{ since: time(1), until: time(2), limit: null, rate: 500, started: time(2), updated: time(2), ended: time(2) },
  ...{
    percent: 100,
    rows: 1000,
    failed: 0,
    not_replayable: 0,
    not_replayable_why: [],
    accuracy: null,
    latency_ms: null,
    classes: ['a'],
    proof: null,
  },
  ...{ comparisons: [comparison({ agreed: 980 })], disagreements: [], ...change },
});
const disagreement = {
  ...{ time: time(1), prediction_id: 'p', live_version: 'v1', live_release: 'r1', live_class: 'a' },
  ...{ replayed_class: 'b', actual: null, feature_names: null, features: [1, 2] },
};
const proofOf = (...views: ReplayView[]) =>
  replayProof({ list: () => views.map((value) => ({ name: value.id, value })) }, 'v2', 'r2');

describe('the proof of a replay', () => {
  it('is that of the newest finished one of this version and release', async () => {
    expect(await proofOf()).toBeNull();
    expect(await proofOf(view({ release: 'r1' }), view({ version: 'v3' }), view({ state: 'cancelled' }))).toBeNull();
    const newer = view({ id: 'b', ended: time(9), comparisons: [comparison({ agreed: 500 })] });
    expect(await proofOf(view(), newer)).toMatchObject({ replay: 'b', passes: false, ended: time(9) });
  });

  it('is also that of a result of before rows had names of their features', async () => {
    const { not_replayable_why: _, ...older } = view({ disagreements: [disagreement] });
    const { feature_names: __, ...nameless } = disagreement;
    const stored = { ...older, disagreements: [nameless] };
    expect(readReplay(stored)?.disagreements).toEqual([disagreement]);
    expect(await proofOf(stored as unknown as ReplayView)).toMatchObject({ passes: true });
  });

  it.each([
    [
      'agrees, no feedback',
      { agreed: 980 },
      true,
      'not worse on 1,000 rows of v1: agreement 98.0 %, at least 96.0 %; paired 0 : 0',
    ],
    [
      'agrees too little to be sure of 0.9',
      { agreed: 915 },
      false,
      'no feedback shows a gain: agreement 91.5 %, at least 89.5 %',
    ],
    [
      'differs much, proven better',
      { agreed: 800, ...paired(150, 20, 'better') },
      true,
      'better on 1,000 rows of v1: paired 150 : 20',
    ],
    [
      'agrees, proven worse',
      { agreed: 960, ...paired(2, 38, 'worse') },
      false,
      'worse on 1,000 rows of v1: paired 2 : 38',
    ],
    ['too few rows', { agreed: 99, compared: 99 }, false, '99 rows of v1 are too few: at least 100'],
  ] as const)('%s', async (_name, change, passes, why) => {
    const proof = await proofOf(view({ comparisons: [comparison(change)] }));
    expect(proof).toMatchObject({ passes, why: expect.stringContaining(why) });
  });

  it('needs answers', async () => {
    expect(await proofOf(view({ failed: 5 }))).toMatchObject({ passes: true });
    expect(await proofOf(view({ failed: 50 }))).toMatchObject({
      passes: false,
      why: 'v2 did not answer 50 of 1,050 rows',
    });
    expect(await proofOf(view({ rows: 0, comparisons: [] }))).toMatchObject({
      passes: false,
      why: 'no row was compared with a release that is in force',
      comparison: null,
    });
  });

  it('looks at every live version whose release was in force, or at the named baseline alone', async () => {
    const comparisons = [
      comparison({ agreed: 980 }),
      comparison({ live_version: 'v3', live_release: 'r3', agreed: 300 }),
      comparison({ live_version: 'v1', live_release: 'r0', in_force: false, agreed: 100 }),
    ];
    const documents = { list: () => [{ name: 'a', value: view({ comparisons }) }] };
    expect(await replayProof(documents, 'v2', 'r2')).toMatchObject({
      passes: false,
      comparison: { live_version: 'v3' },
    });
    const of = (version: string, release: string) => replayProof(documents, 'v2', 'r2', { version, release });
    expect(await of('v1', 'r1')).toMatchObject({ passes: true, comparison: { live_release: 'r1' } });
    expect(await of('v1', 'r9')).toMatchObject({ passes: false, why: 'no row was compared with v1' });
  });
});

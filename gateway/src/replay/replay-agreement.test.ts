import type { ReplayComparison, ReplayView } from '@coppice/contract';
import { wilsonInterval } from '@coppice/statistics/wilson-interval';
import { expect, it } from 'vitest';
import { replayAgreement } from './replay-agreement.ts';

const time = (day: number) => new Date(Date.UTC(2026, 0, day)).toISOString();

function compared(live_version: string, live_release: string, agreed: number, of = 1000): ReplayComparison {
  return {
    ...{ live_version, live_release, in_force: true, compared: of, with_feedback: 0, live_right: 0, replayed_right: 0 },
    agreed,
    agreement: { value: agreed / of, interval: wilsonInterval(agreed, of) },
    paired: { only_replayed: 0, only_live: 0, log_e: 0, design_effect: 1, verdict: 'no difference seen' },
    confusion: [],
  };
}

function replay(day: number, comparisons: ReplayComparison[], more: Partial<ReplayView> = {}): ReplayView {
  return {
    ...{ id: `of-day-${day}`, version: 'v2', release: 'r2', state: 'done', end_reason: null, held: null, who: 'admin' },
    ...{ reason: 'x', since: time(1), until: time(2), limit: null, rate: 500, started: time(day), updated: time(day) },
    ...{ ended: time(day), percent: 100, rows: 1000, failed: 0, not_replayable: 0, not_replayable_why: [] },
    ...{ accuracy: null, latency_ms: null, classes: ['a'], proof: null, comparisons, disagreements: [], ...more },
  };
}

const agreement = (...views: ReplayView[]) =>
  replayAgreement({ list: () => views.map((value) => ({ name: value.id, value })) }, 'r2', 'r1');

it('is that of the newest finished replay of the release, with the champion, the worst of the versions that served it', async () => {
  const found = await agreement(
    replay(3, [compared('v1', 'r1', 990)]),
    replay(5, [compared('v1', 'r1', 980), compared('v3', 'r1', 950), compared('v4', 'r9', 100)]),
    replay(7, [compared('v1', 'r1', 500)], { state: 'cancelled' }),
    replay(8, [compared('v1', 'r1', 500)], { release: 'r3' }),
  );
  expect(found).toEqual({ compared: 1000, agreement: 0.95, at_least: wilsonInterval(950, 1000)[0] });
});

it('is none where no row was compared with the champion', async () => {
  expect(await agreement()).toBeNull();
  expect(await agreement(replay(3, [compared('v1', 'r9', 990)]))).toBeNull();
});

it('counts rows without an answer as ones that do not agree', async () => {
  const found = await agreement(replay(3, [compared('v1', 'r1', 500, 500)], { rows: 500, failed: 500 }));
  expect(found).toEqual({ compared: 1000, agreement: 0.5, at_least: wilsonInterval(500, 1000)[0] });
});

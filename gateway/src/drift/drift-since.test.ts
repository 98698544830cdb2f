import type { DriftReport } from '@coppice/contract';
import { describe, expect, it } from 'vitest';
import { DriftSince, type FirstFound } from './drift-since.ts';

type Feature = { drifted: boolean; judged?: boolean };

const reportOf = (features: Record<string, Feature>, { ready = true, mix = false } = {}) =>
  ({
    ...{ ready, drifted: mix || Object.values(features).some(({ drifted }) => drifted), since: null },
    features: Object.entries(features).map(([feature, one]) => ({ feature, judged: true, since: null, ...one })),
    prediction: { drifted: mix, verdict: '', versions: [{ version: 'v1', drifted: mix, since: null }] },
  }) as unknown as DriftReport;
const time = (ms: number) => new Date(ms).toISOString();
const timesOf = ({ since, features, prediction }: DriftReport): Record<string, string | null | undefined> => ({
  ...Object.fromEntries(features.map((one) => [one.feature, one.since])),
  ...{ v1: prediction?.versions[0]?.since, whole: since },
});

describe('since when there is drift', () => {
  it('is when each was first found, until it is found no more', () => {
    const since = new DriftSince();
    const [a, b] = [{ drifted: true }, { drifted: false }];
    expect(timesOf(since.dated(reportOf({ a, b }), 1000))).toEqual({
      a: time(1000),
      b: null,
      v1: null,
      whole: time(1000),
    });
    expect(timesOf(since.dated(reportOf({ a, b: a }, { mix: true }), 2000))).toEqual({
      ...{ a: time(1000), b: time(2000), v1: time(2000), whole: time(1000) },
    });
    since.dated(reportOf({ a: b, b: b }), 3000);
    expect(timesOf(since.dated(reportOf({ a, b }), 4000))).toMatchObject({ a: time(4000), whole: time(4000) });
  });

  it('outlasts a window that is not ready, and a feature that is not judged', () => {
    const since = new DriftSince();
    const a = { drifted: true };
    since.dated(reportOf({ a }), 1000);
    since.dated(reportOf({ a: { drifted: false } }, { ready: false }), 2000);
    expect(timesOf(since.dated(reportOf({ a: { drifted: false, judged: false } }), 3000)).a).toBeNull();
    expect(timesOf(since.dated(reportOf({ a }), 4000)).a).toBe(time(1000));
  });

  it('outlasts a run: what is kept when it changes is where the next one goes on', () => {
    const kept: FirstFound[] = [];
    const first = new DriftSince((found) => kept.push(found));
    const a = { drifted: true };
    first.dated(reportOf({ a }), 1000);
    first.dated(reportOf({ a }), 2000);
    expect(kept).toEqual([{ 'feature a': 1000, report: 1000 }]);
    const next = new DriftSince((found) => kept.push(found));
    next.resume(kept[0] as FirstFound);
    expect(timesOf(next.dated(reportOf({ a }), 9000)).a).toBe(time(1000));
    next.dated(reportOf({ a: { drifted: false } }), 10_000);
    expect(kept.at(-1)).toEqual({});
  });

  it('begins anew with another model', () => {
    const kept: FirstFound[] = [];
    const since = new DriftSince((found) => kept.push(found));
    const a = { drifted: true };
    since.dated(reportOf({ a }), 1000);
    since.forget();
    expect(kept.at(-1)).toEqual({});
    expect(timesOf(since.dated(reportOf({ a }), 5000)).a).toBe(time(5000));
  });
});

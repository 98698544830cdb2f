import type { PerformanceEpoch } from '@coppice/contract';
import { expect, it } from 'vitest';
import { dateTime } from '../parts/format.ts';
import { periodWords } from './period-words.ts';

const time = '2026-01-10T12:30:00.000Z';
const words = 'Something changed.';
const epoch: PerformanceEpoch = { since: time, until: time, weights: {}, releases: {}, versions: [] };
const quiet = { comparable: true, changes: [], epochs: [epoch], words };

it('says nothing about a period in which nothing changed', () => {
  expect(periodWords(quiet)).toBeNull();
});

it("says in the gateway's words that a period spans several epochs", () => {
  expect(periodWords({ ...quiet, epochs: [epoch, epoch] })).toBe(words);
});

it.each([
  ['weights', null, 'the weights changed'],
  ['shadow', 'v2', 'v2 became the shadow version'],
  ['shadow', null, 'the shadow version was taken away'],
  ['model', 'v1', 'v1 got another model'],
] as const)('names a change of %s to %s', (what, version, change) => {
  expect(periodWords({ ...quiet, comparable: false, changes: [{ time, what, version }] })).toBe(
    `${words} On ${dateTime(time)} ${change}.`,
  );
});

it('counts several changes', () => {
  const change = { time, what: 'weights' as const, version: null };
  expect(periodWords({ ...quiet, comparable: false, changes: [change, change] })).toContain(
    'the weights changed, the last of 2 changes in this period.',
  );
});

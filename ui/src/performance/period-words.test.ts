import { expect, it } from 'vitest';
import { dateTime } from '../parts/format.ts';
import { periodWords } from './period-words.ts';

const time = '2026-01-10T12:30:00.000Z';

it('says nothing about a period in which nothing changed', () => {
  expect(periodWords({ comparable: true, changes: [] })).toBeNull();
});

it.each([
  ['weights', null, 'the weights changed'],
  ['shadow', 'v2', 'v2 became the shadow version'],
  ['shadow', null, 'the shadow version was taken away'],
  ['model', 'v1', 'v1 got another model'],
] as const)('names a change of %s to %s', (what, version, words) => {
  expect(periodWords({ comparable: false, changes: [{ time, what, version }] })).toBe(
    `On ${dateTime(time)} ${words}. Before and after, the versions answered other traffic: these figures do not show which one is better.`,
  );
});

it('counts several changes', () => {
  const change = { time, what: 'weights' as const, version: null };
  expect(periodWords({ comparable: false, changes: [change, change] })).toContain(
    'the weights changed, the last of 2 changes in this period.',
  );
});

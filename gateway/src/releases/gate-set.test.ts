import type { GateVerdict } from '@coppice/contract';
import { expect, it } from 'vitest';
import { type GateKnowledge, keptOutBy } from './gate-set.ts';

const verdict = (passed: boolean, words: string): GateVerdict => ({ passed, words, lines: [] });
const verdicts = new Map([
  [5, verdict(true, 'Release 5 passes the gate.')],
  [6, verdict(false, 'Release 6 is not approved.')],
]);
const known: GateKnowledge = { champion: 4, previous: 3, servedChampion: 4, verdicts };
const kept = (releases: (number | null)[], knowledge: GateKnowledge | null = known, trouble: string | null = null) => {
  const served = releases.map((release, i) => ({ version: `v${i + 1}`, release }));
  const { reasons, instead } = keptOutBy(served, knowledge, trouble);
  return [Object.fromEntries(reasons), instead];
};

it('keeps out what has not passed, and lets champion, previous champion and versions without a release be', () => {
  expect(kept([4, 6])).toEqual([{ v2: 'Release 6 is not approved' }, ['v1']]);
  expect(kept([5, 3, null])).toEqual([{}, ['v2']]);
  expect(kept([4, 9])).toEqual([{ v2: 'The gate has not judged release 9 yet' }, ['v1']]);
});

it('has the champion answer first, then the one before', () => {
  expect(kept([3, 4, 4])).toEqual([{}, ['v2', 'v3', 'v1']]);
});

it('lets the champion of before answer until a version serves the next one', () => {
  const moved = { ...known, champion: 8, previous: null };
  expect(kept([4, 6], moved)).toEqual([{ v2: 'Release 6 is not approved' }, ['v1']]);
  expect(kept([8, 4], moved)).toEqual([{ v2: 'The gate has not judged release 4 yet' }, ['v1']]);
});

it('keeps every release out before the registry was read, but nothing that has no number', () => {
  expect(kept([4, null], null, 'S3 is away')).toEqual([
    { v1: 'The gate keeps release 4 out while the registry has not been read: S3 is away' },
    [],
  ]);
});

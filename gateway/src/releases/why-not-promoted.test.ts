import type { GateVerdict } from '@coppice/contract';
import { EMPTY } from '@coppice/registry/registry-state';
import { expect, it } from 'vitest';
import { whyNotPromoted } from './why-not-promoted.ts';

const approval = { approved: true, who: 'bob', time: '2026-01-01T00:00:00.000Z', reason: 'good' };
const state = { ...EMPTY, aliases: { champion: 1, challenger: 2 }, approvals: { 2: approval } };
const serving = [
  { version: 'v1', release: 1 as number | null, ready: true },
  { version: 'v2', release: 2, ready: true },
];
const seen = { state, serving, rollout: null, gate: null, approval: 'required' } as const;
const gate: GateVerdict = {
  passed: false,
  words: 'no',
  lines: [
    { line: 'accuracy >= 0.9', passed: false, found: '0.85, which is 0.05 too low' },
    { line: 'rows >= 10', passed: true, found: '30' },
  ],
};
const pending = { change: 'promote', release: 2, weights: {}, since: approval.time, who: 'x', reason: 'x' } as const;
const first = (release: number | null) => [{ version: 'v1', release, ready: true }];

it('may promote an approved challenger, also after a rollout, and where the gate passes', () => {
  expect(whyNotPromoted(2, seen)).toBeNull();
  expect(whyNotPromoted(2, { ...seen, rollout: { state: 'done', version: 'v2' } })).toBeNull();
  const holds = { ...gate, lines: gate.lines.filter(({ passed }) => passed) };
  expect(whyNotPromoted(2, { ...seen, gate: { ...holds, passed: true } })).toBeNull();
  // the gate misses the approval that the promotion brings
  const approving = { ...seen, state: { ...state, approvals: {} }, approve: true };
  expect(whyNotPromoted(2, approving)).toBeNull();
  expect(whyNotPromoted(2, { ...approving, gate: holds })).toBeNull();
});

it.each<[string, number, object, string]>([
  ['another release', 3, {}, 'release 3 is not the challenger: that is release 2'],
  [
    'no challenger',
    2,
    { state: { ...state, aliases: { champion: 1, challenger: null } } },
    'release 2 is not the challenger: that is none',
  ],
  ['the champion', 1, {}, 'release 1 is champion already'],
  ['what is not approved', 2, { state: { ...state, approvals: {} } }, 'release 2 is not approved'],
  [
    'anything while a change is pending',
    3,
    { state: { ...state, aliases: { champion: 2, challenger: 2 }, pending } },
    'the promotion of release 2 is not finished yet',
  ],
  [
    'where nothing follows the champion',
    2,
    { serving: first(null) },
    'v1 serves no release: MODEL_SOURCE of its server must be registry:…@champion',
  ],
  [
    'where the champion is not served yet',
    2,
    { serving: first(7) },
    'v1 serves release 7, not the champion, release 1',
  ],
  [
    'without a champion',
    2,
    { state: { ...state, aliases: { champion: null, challenger: 2 } } },
    'there is no champion to take the place of: npm run registry -- alias champion NUMBER',
  ],
  [
    'during a rollout',
    2,
    { rollout: { state: 'paused', version: 'v2' } },
    'a rollout of v2 is paused: promote it to 100 % or abort it first',
  ],
  ['what the gate refuses', 2, { gate }, 'the gate refuses release 2: accuracy >= 0.9: 0.85, which is 0.05 too low'],
])('does not promote %s, and says why', (_, release, more, why) => {
  expect(whyNotPromoted(release, { ...seen, ...more })).toBe(why);
});

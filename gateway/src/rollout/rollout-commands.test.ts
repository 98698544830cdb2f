import type { RolloutChange, RolloutCommand, RolloutState } from '@coppice/contract';
import { describe, expect, it } from 'vitest';
import { InvalidChangeError } from '../control/control-errors.ts';
import { commanded } from './rollout-commands.ts';

const weights = { v1: 95, v2: 5 };
const releases = { candidate: 'b', baseline: 'a' };
const present = { weights, releases, unready: null as string | null };
const rollout = (changes: Partial<RolloutState> = {}) =>
  ({
    ...{ version: 'v2', baseline: 'v1', state: 'running', paused_by: null, steps: [1, 5, 50], step: 1, percent: 5 },
    ...{ weights, ...changes },
  }) as RolloutState;
const bySelf = { state: 'paused', paused_by: 'self' } as const;
const byHuman = { state: 'paused', paused_by: 'human' } as const;
const theirs = { ...present, weights: { v1: 1, v2: 1 } };

type Case = [RolloutCommand, Partial<RolloutState>, Omit<RolloutChange, 'reason'>, typeof present, object];
/** With the message of a conflict, or the whole error. */
type Refused = [
  ...[RolloutCommand, Partial<RolloutState>, Omit<RolloutChange, 'reason'>, typeof present],
  string | Error,
];
const running = (step: number, percent: number) => ({
  ...{ state: 'running', paused_by: null, step, percent, sets: percent, afresh: true, releases },
});

describe('a person', () => {
  it.each<Case>([
    ['pause', {}, {}, present, { state: 'paused', paused_by: 'self', step: 1, percent: 5 }],
    ['resume', bySelf, {}, present, running(1, 5)],
    ['resume', byHuman, {}, present, running(1, 5)],
    ['resume', byHuman, { step: 1 }, theirs, running(0, 1)],
    ['promote', {}, {}, present, running(2, 50)],
    ['promote', bySelf, {}, present, running(2, 50)],
    ['promote', byHuman, { step: 50 }, theirs, running(2, 50)],
    [
      'promote',
      { step: 2, percent: 50 },
      { version: 'v2' },
      present,
      { state: 'done', step: 3, percent: 100, sets: 100 },
    ],
    ['promote', {}, { step: 100, version: 'v2' }, present, { state: 'done', step: 3, percent: 100, sets: 100 }],
    ['abort', {}, {}, present, { state: 'rolled_back', paused_by: null, percent: 0, sets: 0 }],
    ['abort', byHuman, {}, theirs, { state: 'rolled_back', percent: 0, sets: 0 }],
  ])('may %s one that is %j with %j', (command, state, change, now, expected) => {
    expect(commanded(command, rollout(state), change, now)).toEqual(expect.objectContaining(expected));
  });

  it.each<Refused>([
    ['pause', bySelf, {}, present, 'The rollout of v2 is paused already.'],
    ['resume', {}, {}, present, 'The rollout of v2 runs already.'],
    ['resume', bySelf, {}, { ...present, unready: 'down' }, 'v2 is not ready: down.'],
    [
      'resume',
      byHuman,
      {},
      theirs,
      'Other weights are in force than the rollout set. Name the step to go on with: 1, 5, 50.',
    ],
    [
      'resume',
      byHuman,
      { step: 7 },
      theirs,
      new InvalidChangeError(['step'], "must be one of the rollout's steps: 1, 5, 50"),
    ],
    [
      'resume',
      bySelf,
      { step: 100 },
      present,
      new InvalidChangeError(['step'], "must be one of the rollout's steps: 1, 5, 50"),
    ],
    [
      'resume',
      bySelf,
      { version: 'v2' },
      present,
      new InvalidChangeError(['version'], 'belongs to promote, not to resume'),
    ],
    ['promote', {}, {}, { ...present, unready: 'down' }, 'v2 is not ready: down.'],
    ['promote', {}, { step: 100, version: 'v2' }, { ...present, unready: 'down' }, 'v2 is not ready: down.'],
    [
      'promote',
      {},
      { step: 5 },
      present,
      new InvalidChangeError(['step'], "must be one of the rollout's steps: 50, 100"),
    ],
    [
      'promote',
      { step: 2, percent: 50 },
      {},
      present,
      new InvalidChangeError(['version'], 'must be v2: promote to 100 % asks for its name'),
    ],
    [
      'promote',
      {},
      { step: 100, version: 'v1' },
      present,
      new InvalidChangeError(['version'], 'must be v2, which the rollout is about'),
    ],
    [
      'abort',
      {},
      { step: 5 },
      present,
      new InvalidChangeError(['step'], 'belongs to resume and promote, not to abort'),
    ],
    ['abort', { state: 'done' }, {}, present, 'The rollout of v2 has ended (done). POST /rollout starts another one.'],
    [
      'resume',
      { state: 'rolled_back' },
      {},
      present,
      'The rollout of v2 has ended (rolled_back). POST /rollout starts another one.',
    ],
  ])('may not %s one that is %j with %j', (command, state, change, now, error) => {
    expect(() => commanded(command, rollout(state), change, now)).toThrow(error);
  });

  it('changes nothing where no rollout ever ran', () => {
    expect(() => commanded('abort', null, {}, present)).toThrow('No rollout runs. POST /rollout starts one.');
  });
});

import { describe, expect, it } from 'vitest';
import { pausesForOthers, possibleCommands, stateWords, stepChoices, trackOf } from './rollout-state.ts';

const running = { state: 'running', paused_by: null } as const;
const bySelf = { state: 'paused', paused_by: 'self' } as const;
const byHuman = { state: 'paused', paused_by: 'human' } as const;
const back = { state: 'rolled_back', paused_by: null } as const;
const done = { state: 'done', paused_by: null } as const;
const steps = [1, 10, 50];
const track = (step: number, state: 'running' | 'done' | 'rolled_back') =>
  trackOf({ steps, step, state })
    .map(({ percent, is }) => `${percent} ${is}`)
    .join(', ');

describe('the state of a rollout', () => {
  it.each([
    [running, 'running', ['pause', 'promote', 'abort']],
    [bySelf, 'paused', ['resume', 'promote', 'abort']],
    [byHuman, "paused, others' weights in force", ['resume', 'promote', 'abort']],
    [back, 'rolled back', []],
    [done, 'done', []],
  ])('%o is "%s" and allows %j', (phase, words, commands) => {
    expect(stateWords(phase)).toBe(words);
    expect(possibleCommands(phase)).toEqual(commands);
  });

  it("says that others' weights pause it only while its own are in force", () => {
    expect([running, bySelf, byHuman, back, done].map(pausesForOthers)).toEqual([true, true, false, false, false]);
  });
});

describe('the track of steps', () => {
  it('ends with 100 and marks the present step', () => {
    expect(track(1, 'running')).toBe('1 passed, 10 present, 50 ahead, 100 ahead');
  });

  it('is at 100 when the rollout is done', () => {
    expect(track(3, 'done')).toBe('1 passed, 10 passed, 50 passed, 100 present');
    expect(track(2, 'done')).toBe('1 passed, 10 passed, 50 passed, 100 present');
  });

  it('marks the step from which a version was rolled back', () => {
    expect(track(1, 'rolled_back')).toBe('1 passed, 10 left, 50 ahead, 100 ahead');
  });
});

describe('the steps to choose from', () => {
  it('are the later ones for a promotion, the next one first', () => {
    expect(stepChoices({ steps, step: 1 }, 'promote')).toEqual([50, 100]);
    expect(stepChoices({ steps, step: 2 }, 'promote')).toEqual([100]);
  });

  it('are all but 100 for a resume, the present one first', () => {
    expect(stepChoices({ steps, step: 1 }, 'resume')).toEqual([10, 1, 50]);
  });
});

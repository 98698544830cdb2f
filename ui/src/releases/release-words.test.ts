import { describe, expect, it } from 'vitest';
import {
  approvalWords,
  challengerVersion,
  gateRefusal,
  gateShort,
  promotable,
  rollbackTakesBack,
  servedSince,
  takenBack,
  takesUpWords,
} from './release-words.ts';

const previous = { champion: 4, challenger: 7, weights: { v1: 90, v2: 10 } };

describe('releases', () => {
  it.each([
    [{ champion: 4, challenger: 7, previous: null }, 7, null, false],
    [{ champion: 4, challenger: null, previous: null }, null, null, false],
    [{ champion: 7, challenger: 7, previous }, null, { release: 7, back: 4 }, true],
    // a new challenger came after the promotion: weights alone take it out
    [{ champion: 7, challenger: 8, previous }, 8, { release: 7, back: 4 }, false],
  ])('%j: %s can be promoted, %j taken back', (view, release, back, takesBack) => {
    expect(promotable(view)).toBe(release);
    expect(takenBack(view)).toEqual(back);
    expect(rollbackTakesBack(view)).toBe(takesBack);
  });

  it('have a verdict in words', () => {
    const approval = { approved: false, who: 'ada', time: '2026-03-02T09:14:05.000Z', reason: 'too slow' };
    expect(approvalWords(approval).word).toBe('rejected');
    expect(approvalWords(approval).by).toMatch(/^by ada, Mar 2, 2026, \d\d:14:05: too slow$/);
    expect(approvalWords({ ...approval, approved: true }).word).toBe('approved');
    expect(approvalWords(null)).toEqual({ word: 'not judged yet', by: '' });
  });

  it('have a gate in a few words', () => {
    const line = (passed: boolean) => ({ line: 'accuracy >= 0.9', passed, found: '' });
    const gate = (passed: boolean, ...lines: boolean[]) => ({ passed, words: '', lines: lines.map(line) });
    expect(gateShort(null)).toBeNull();
    expect(gateShort(gate(true, true, true))).toBe('passes');
    expect(gateShort(gate(false, true, false))).toBe('1 of 2 lines fails');
    expect(gateShort(gate(false, false, false))).toBe('2 of 2 lines fail');
    expect(gateShort(gate(false, true))).toBe('does not pass');
  });

  it('are refused by the gate for its lines, not for an approval that lacks', () => {
    const view = (on: boolean, ...lines: boolean[]) =>
      ({
        ...{ champion: 4, challenger: 7, previous: null, gate: { on } },
        releases: [
          {
            number: 7,
            gate: { passed: false, words: 'no', lines: lines.map((passed) => ({ line: '', found: '', passed })) },
          },
        ],
      }) as never;
    expect(gateRefusal(view(true, true, false))).toBe('no');
    expect(gateRefusal(view(true, true, true))).toBeNull();
    expect(gateRefusal(view(false, false))).toBeNull();
  });

  it('are served since the first epoch after which nothing else was', () => {
    const epochs = ['a', 'b', 'b'].map((v2, i) => ({
      since: `2026-03-02T0${i}:00:00Z`,
      weights: {},
      releases: { v2 },
    }));
    expect(servedSince(epochs, 'v2', 'b')).toBe('2026-03-02T01:00:00Z');
    expect(servedSince(epochs, 'v2', 'a')).toBeNull();
    expect(servedSince(epochs, 'v9', 'b')).toBeNull();
    expect(servedSince([], 'v2', 'b')).toBeNull();
  });
});

describe('another challenger', () => {
  it('is taken up by the version that serves the one before', () => {
    const serving = [
      { version: 'v1', release: 4, alias: 'champion' as const },
      { version: 'v3', release: 7, alias: 'challenger' as const },
    ];
    expect(challengerVersion({ serving })).toBe('v3');
    expect(challengerVersion({ serving: serving.slice(0, 1) })).toBeNull();
  });

  it.each([
    ['v2', 0.4, 'v2 takes the release up within seconds, and answers 40 % of traffic with it.'],
    ['v2', 0, 'v2 takes the release up within seconds; it has no traffic now.'],
    [null, 0, 'No version serves the challenger now: one that follows it takes the release up.'],
  ])('of %s with %d of traffic: "%s"', (version, share, words) => expect(takesUpWords(version, share)).toBe(words));
});

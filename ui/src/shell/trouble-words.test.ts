import { describe, expect, it } from 'vitest';
import { awayVersions, troubleWords } from './trouble-words.ts';

const now = new Date(2026, 0, 1, 12).getTime();
const at = new Date(2026, 0, 1, 7, 20).getTime();
const state = (version: string, percent: number, rest: object = {}) => ({
  ...{ version, share: percent / 100, ready: true, ejected: false, reason: null },
  ...rest,
});
const down = { ready: false, reason: 'connect ECONNREFUSED' };
const words = (...versions: ReturnType<typeof state>[]) =>
  troubleWords(versions, { v2: { at, exact: true } }, now).map((one) => one.words);

describe('what is wrong with versions', () => {
  it('is nothing while all that get traffic are there', () => {
    expect(words(state('v1', 50), state('v2', 50), state('v3', 0, down))).toEqual([]);
    expect(awayVersions([state('v1', 50), state('v3', 0, down)])).toEqual([]);
  });

  it('says since when, and who carries the traffic, beside the share that was wanted', () => {
    expect(words(state('v1', 50), state('v2', 50, down))).toEqual([
      'v2 down since 07:20, v1 carries 100 % instead of 50 %',
    ]);
    expect(words(state('v1', 60), state('v2', 20, { ejected: true }), state('v3', 20))).toEqual([
      'v2 ejected since 07:20, others carry its share: v1 75 % instead of 60 %, v3 25 % instead of 20 %',
    ]);
  });

  it('says that nobody carries it', () => {
    expect(words(state('v1', 0), state('v2', 50, down))).toEqual([
      'v2 down since 07:20, no version with traffic is left',
    ]);
  });

  it('claims no time that the page has not seen', () => {
    const versions = [state('v1', 50), state('v2', 50, down)];
    expect(troubleWords(versions, { v2: { at, exact: false } }, now)[0]?.words).toMatch(
      /^v2 down since before 07:20, /,
    );
    expect(troubleWords(versions, {}, now)[0]).toMatchObject({
      words: expect.stringMatching(/^v2 down, /),
      reason: down.reason,
    });
  });
});

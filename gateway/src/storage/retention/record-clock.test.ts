import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ClockState, clockWarning, readClock } from './record-clock.ts';

const DAY = 86_400_000;
const START = Date.parse('2026-03-01T00:00:00Z');
const MAX_DAYS = 30;
const known = (confirmed: number): ClockState => ({ confirmed, heldBelow: 0, heldUntil: 0 });

describe('the clock of the record', () => {
  it('is the wall clock while that goes like a clock, also after pauses and small steps back', () => {
    let state = known(START);
    for (const now of [START + 5, START + DAY, START + 3.5 * DAY, START + 3.4 * DAY, START + 6 * DAY]) {
      const read = readClock(state, now, 0, MAX_DAYS);
      expect(read).toMatchObject({ now, offBy: 0, heldBelow: 0 });
      state = read.state;
    }
    expect(state.confirmed).toBe(START + 6 * DAY);
  });

  it('begins where an empty record finds it', () => {
    const empty = { confirmed: null, heldBelow: 0, heldUntil: 0 };
    expect(readClock(empty, START, 0, MAX_DAYS)).toMatchObject({ now: START, offBy: 0, state: known(START) });
  });

  it('stays behind a clock that jumps ahead, start after start, and follows it by a day per day', () => {
    let state = known(START);
    for (let start = 0; start < 100; start++) state = readClock(state, START + 40 * DAY, 0, MAX_DAYS).state;
    expect(state.confirmed).toBe(START);
    const read = readClock(state, START + 41 * DAY, DAY, MAX_DAYS);
    expect(read).toMatchObject({ now: START + 2 * DAY, offBy: 39 * DAY });
    expect(clockWarning(read)).toContain('39.0 days ahead');
    state = read.state;
    for (let day = 42; day < 100; day++) state = readClock(state, START + day * DAY, DAY, MAX_DAYS).state;
    expect(readClock(state, START + 100 * DAY, DAY, MAX_DAYS)).toMatchObject({ now: START + 100 * DAY, offBy: 0 });
  });

  it('holds what a clock that is behind writes, until it would be old by the right one', () => {
    const behind = readClock(known(START), START - 365 * DAY, 0, MAX_DAYS);
    expect(behind.heldBelow).toBeGreaterThan(START - 365 * DAY);
    expect(clockWarning(behind)).toContain('365.0 days behind');
    const right = readClock(behind.state, START + DAY, DAY, MAX_DAYS);
    expect(right).toMatchObject({ now: START + DAY, offBy: 0, heldBelow: behind.heldBelow });
    let { state } = right;
    for (let day = 2; day < 32; day++) state = readClock(state, START + day * DAY, DAY, MAX_DAYS).state;
    expect(readClock(state, START + 32 * DAY, DAY, MAX_DAYS).heldBelow).toBe(0);
  });

  it('never runs more than twice as fast as time, pauses aside, whatever the clock says', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: -400, max: 400 }), fc.nat({ max: 5 })), { maxLength: 50 });
    fc.assert(
      fc.property(steps, (drawn) => {
        let state = known(START);
        for (const [days, elapsed] of drawn) {
          const before = state.confirmed as number;
          state = readClock(state, START + days * DAY, elapsed * DAY, MAX_DAYS).state;
          const step = (state.confirmed as number) - before;
          if (step < 0 || step > Math.max(2 * elapsed, MAX_DAYS / 10) * DAY) return false;
        }
        return true;
      }),
    );
    expect(clockWarning({ offBy: 0 })).toBeNull();
  });
});

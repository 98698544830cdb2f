import { describe, expect, it } from 'vitest';
import { type Clock, dueBy, pace } from './pace.ts';

/** A clock that a test moves: `late` gives the real length of each sleep. */
function virtualClock(late: (ms: number) => number = (ms) => ms): Clock {
  let time = 0;
  return {
    now: () => time,
    async sleep(ms) {
      time += late(ms);
    },
  };
}

const never = new AbortController().signal;

describe('how many requests are due', () => {
  it.each([
    [0, 1],
    [9.9, 1],
    [10, 2],
    [1000, 101],
    [60_000, 5000],
  ])('after %d ms at 100/s: %d', (elapsed, due) => {
    expect(dueBy(elapsed, { rate: 100, total: 5000 })).toBe(due);
  });
});

describe('pacing', () => {
  it.each([
    [0.5, (ms: number) => ms],
    [100, (ms: number) => ms],
    [2000, (ms: number) => ms + 0.3],
    // timers that come 40 ms late, as on a busy machine
    [2000, (ms: number) => ms + 40],
  ])('keeps %d/s within 2 %%, whatever timers do', async (rate, late) => {
    const schedule = { rate, total: Math.ceil(rate * 20) };
    const { sent, elapsedMs } = await pace(schedule, {
      send() {},
      mayQueue: () => true,
      signal: never,
      clock: virtualClock(late),
    });
    expect(sent).toBe(schedule.total);
    const kept = sent / (elapsedMs / 1000);
    expect(Math.abs(kept / rate - 1)).toBeLessThan(0.02);
  });

  it('never runs ahead', async () => {
    const clock = virtualClock();
    const times: number[] = [];
    const send = () => times.push(clock.now());
    await pace({ rate: 250, total: 1000 }, { send, mayQueue: () => true, signal: never, clock });
    times.forEach((time, k) => {
      expect(time).toBeGreaterThanOrEqual(k * 4 - 1e-6);
    });
  });

  it('catches up what a stall missed', async () => {
    let stalled = false;
    const clock = virtualClock((ms) => {
      if (stalled) return ms;
      stalled = true;
      return 500;
    });
    const times: number[] = [];
    const send = () => times.push(clock.now());
    const { elapsedMs } = await pace({ rate: 100, total: 100 }, { send, mayQueue: () => true, signal: never, clock });
    expect(times.filter((time) => time === 500)).toHaveLength(50);
    expect(elapsedMs).toBeCloseTo(1000, 0);
  });

  it('pauses while nothing more may queue, and then catches up', async () => {
    const clock = virtualClock();
    let sent = 0;
    const mayQueue = () => sent < 10 || clock.now() > 300;
    const send = () => {
      sent++;
    };
    const { elapsedMs } = await pace({ rate: 100, total: 50 }, { send, mayQueue, signal: never, clock });
    expect(sent).toBe(50);
    expect(elapsedMs).toBeLessThan(520);
  });

  it('ends early by signal', async () => {
    const controller = new AbortController();
    let sent = 0;
    const send = () => {
      if (++sent === 30) controller.abort();
    };
    const outcome = await pace(
      { rate: 100, total: 1000 },
      { send, mayQueue: () => true, signal: controller.signal, clock: virtualClock() },
    );
    expect(outcome).toEqual({ sent: 30, elapsedMs: expect.closeTo(300, 0) });
  });
});

import { describe, expect, it } from 'vitest';
import { LatestWins } from './latest-wins.ts';

/** A clock and tasks that the test moves and ends by hand. */
function setUp(spacingMs: number) {
  let now = 0;
  const timers: { at: number; run: () => void }[] = [];
  const started: { value: number; at: number; end: () => Promise<void> }[] = [];
  const lane = new LatestWins<number>(
    (value) =>
      new Promise((resolve) => {
        started.push({
          value,
          at: now,
          end: async () => {
            resolve();
            await Promise.resolve();
            await Promise.resolve();
          },
        });
      }),
    spacingMs,
    { now: () => now, later: (run, ms) => void timers.push({ at: now + ms, run }) },
  );
  const advance = (ms: number) => {
    now += ms;
    for (const timer of timers.splice(0)) timer.at <= now ? timer.run() : timers.push(timer);
  };
  return { lane, started, advance, values: () => started.map(({ value }) => value) };
}

describe('sending only what is newest', () => {
  it('sends the first value at once', () => {
    const { lane, values } = setUp(100);
    lane.submit(1);
    expect(values()).toEqual([1]);
  });

  it('keeps one in flight and then sends the newest, not what came between', async () => {
    const { lane, started, advance, values } = setUp(100);
    lane.submit(1);
    lane.submit(2);
    lane.submit(3);
    advance(150);
    await started[0]?.end();
    expect(values()).toEqual([1, 3]);
  });

  it('starts no two tasks closer together than the spacing, with the newest value at that moment', async () => {
    const { lane, started, advance, values } = setUp(100);
    lane.submit(1);
    await started[0]?.end();
    advance(30);
    lane.submit(2);
    lane.submit(3);
    expect(values()).toEqual([1]);
    advance(60);
    lane.submit(4);
    advance(10);
    expect(values()).toEqual([1, 4]);
    expect(started[1]?.at).toBe(100);
  });

  it('makes at most ten requests of a drag of one second', async () => {
    const { lane, started, advance } = setUp(105);
    for (let ms = 0; ms <= 1000; ms += 10) {
      lane.submit(ms);
      await started.at(-1)?.end();
      advance(10);
    }
    expect(started.length).toBeLessThanOrEqual(10);
    expect(started.length).toBeGreaterThanOrEqual(9);
  });

  it('drops the waiting value when cleared', async () => {
    const { lane, started, advance, values } = setUp(0);
    lane.submit(1);
    lane.submit(2);
    lane.clear();
    await started[0]?.end();
    advance(1000);
    expect(values()).toEqual([1]);
    lane.submit(3);
    expect(values()).toEqual([1, 3]);
  });
});

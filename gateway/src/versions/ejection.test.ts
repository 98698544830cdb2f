import { describe, expect, it } from 'vitest';
import { Ejection, ENVOY_RULES } from './ejection.ts';

function setUp() {
  const clock = { ms: 1_000_000 };
  const ejection = new Ejection(ENVOY_RULES, () => clock.ms);
  const fail = (times: number) => Array.from({ length: times }, () => ejection.failed());
  return { clock, ejection, fail };
}

describe('ejecting a version', () => {
  it('happens at the fifth failure in a row', () => {
    const { ejection, fail } = setUp();
    expect(fail(5)).toEqual([false, false, false, false, true]);
    expect(ejection.until).toBe(1_030_000);
  });

  it('does not happen while a success comes between', () => {
    const { ejection, fail } = setUp();
    fail(4);
    ejection.succeeded();
    fail(4);
    expect(ejection.until).toBe(null);
  });

  it('ends by itself after 30 s', () => {
    const { clock, ejection, fail } = setUp();
    fail(5);
    clock.ms += 29_999;
    expect(ejection.until).not.toBe(null);
    clock.ms += 1;
    expect(ejection.until).toBe(null);
  });

  it('ends by a passing readiness check', () => {
    const { ejection, fail } = setUp();
    fail(5);
    ejection.end();
    expect(ejection.until).toBe(null);
  });

  it('lasts no longer for the failures that come meanwhile, and begins to count anew after it', () => {
    const { clock, ejection, fail } = setUp();
    fail(5);
    clock.ms += 20_000;
    expect(fail(5)).toEqual(new Array(5).fill(false));
    expect(ejection.until).toBe(1_030_000);
    clock.ms = 1_030_000;
    expect(fail(5)).toEqual([false, false, false, false, true]);
  });

  it('lasts longer each time, up to 300 s', () => {
    const { clock, ejection, fail } = setUp();
    const seconds = Array.from({ length: 12 }, () => {
      fail(5);
      const lasts = (ejection.until as number) - clock.ms;
      clock.ms = ejection.until as number;
      return lasts / 1000;
    });
    expect(seconds).toEqual([30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 300, 300]);
  });

  it('is forgiven, one for every 10 s without', () => {
    const { clock, ejection, fail } = setUp();
    fail(5);
    clock.ms = ejection.until as number;
    fail(5);
    clock.ms = (ejection.until as number) + 10_000;
    fail(5);
    expect((ejection.until as number) - clock.ms).toBe(60_000);
  });

  it.each([
    [9_999, 60_000],
    [10_000, 30_000],
  ])('that a readiness check ended is forgiven from its end: after %i ms the next lasts %i ms', (quiet, lasts) => {
    const { clock, ejection, fail } = setUp();
    fail(5);
    clock.ms += 15_000;
    ejection.end();
    clock.ms += quiet;
    // a check that passes while nothing is ejected ends nothing
    ejection.end();
    fail(5);
    expect((ejection.until as number) - clock.ms).toBe(lasts);
  });
});

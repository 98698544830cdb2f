import { describe, expect, it } from 'vitest';
import { Ejection, ENVOY_RULES } from './ejection.ts';

function setUp() {
  const clock = { ms: 1_000_000 };
  const ejection = new Ejection(ENVOY_RULES, () => clock.ms);
  const fail = (times: number) => Array.from({ length: times }, () => ejection.failed());
  /** Waits for the present ejection to end, and lets its trial succeed and then a request. */
  const recover = () => {
    clock.ms = ejection.until as number;
    ejection.halfOpen();
    ejection.succeeded();
  };
  const lasts = () => (ejection.until as number) - clock.ms;
  return { clock, ejection, fail, recover, lasts };
}

describe('ejecting a version', () => {
  it('happens at the fifth consecutive failure', () => {
    const { ejection, fail } = setUp();
    expect(fail(5)).toEqual([false, false, false, false, true]);
    expect(ejection.until).toBe(1_030_000);
    expect(ejection.state).toBe('open');
  });

  it('happens at once when five requests fail together', () => {
    const { ejection } = setUp();
    expect(ejection.failed(4)).toBe(false);
    expect(ejection.failed(1)).toBe(true);
    expect(setUp().ejection.failed(40)).toBe(true);
  });

  it('happens although every other request succeeds', () => {
    const { ejection } = setUp();
    const ejects = Array.from({ length: 5 }, () => {
      ejection.succeeded();
      return ejection.failed();
    });
    expect(ejects).toEqual([false, false, false, false, true]);
  });

  it('does not happen while fewer than five of ten fail', () => {
    const { ejection, fail } = setUp();
    for (let i = 0; i < 100; i++) {
      expect(fail(4)).not.toContain(true);
      for (let n = 0; n < 6; n++) ejection.succeeded();
    }
  });

  it('never ends by time alone: after 30 s a trial is due', () => {
    const { clock, ejection, fail } = setUp();
    fail(5);
    clock.ms += 29_999;
    expect(ejection.trialDue).toBe(false);
    clock.ms += 1;
    expect(ejection.trialDue).toBe(true);
    expect(ejection.state).toBe('open');
    clock.ms += 3_600_000;
    expect(ejection.state).toBe('open');
  });

  it('ends by a trial that succeeds and a request that does', () => {
    const { clock, ejection, fail } = setUp();
    fail(5);
    clock.ms += 30_000;
    ejection.halfOpen();
    expect(ejection.state).toBe('half-open');
    expect(ejection.until).toBe(null);
    ejection.succeeded();
    expect(ejection.state).toBe('closed');
    expect(fail(4)).not.toContain(true);
  });

  it('comes back for longer with the first failed request after the trial', () => {
    const { clock, ejection, fail, lasts } = setUp();
    fail(5);
    clock.ms += 30_000;
    ejection.halfOpen();
    expect(fail(1)).toEqual([true]);
    expect(lasts()).toBe(60_000);
  });

  it('comes back for longer with a failed trial', () => {
    const { clock, ejection, fail, lasts } = setUp();
    fail(5);
    const seconds = Array.from({ length: 3 }, () => {
      clock.ms = ejection.until as number;
      ejection.open();
      return lasts() / 1000;
    });
    expect(seconds).toEqual([60, 90, 120]);
  });

  it('lasts no longer for the failures and successes that come meanwhile', () => {
    const { clock, ejection, fail } = setUp();
    fail(5);
    clock.ms += 20_000;
    expect(fail(5)).toEqual(new Array(5).fill(false));
    ejection.succeeded();
    expect(ejection.until).toBe(1_030_000);
  });

  it('lasts longer each time, up to 300 s', () => {
    const { ejection, fail, recover, lasts } = setUp();
    const seconds = Array.from({ length: 12 }, () => {
      fail(5);
      const lasted = lasts() / 1000;
      recover();
      return lasted;
    });
    expect(seconds).toEqual([30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 300, 300]);
    expect(ejection.state).toBe('closed');
  });

  it.each([
    [9_999, 60_000],
    [10_000, 30_000],
  ])('is forgiven, one for every 10 s without: after %i ms the next lasts %i ms', (quiet, expected) => {
    const { clock, fail, recover, lasts } = setUp();
    fail(5);
    recover();
    clock.ms += quiet;
    fail(5);
    expect(lasts()).toBe(expected);
  });

  it('is over when something else explains the failures', () => {
    const { ejection, fail } = setUp();
    fail(5);
    ejection.reset();
    expect(ejection.state).toBe('closed');
    expect(fail(4)).not.toContain(true);
  });
});

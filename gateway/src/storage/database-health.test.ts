import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DatabaseHealth } from './database-health.ts';

describe('the health of the database', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function failing() {
    const said: string[] = [];
    const writable: boolean[] = [];
    const say = (level: string) => () => void said.push(level);
    const health = new DatabaseHealth({
      log: { info: say('info'), warn: say('warn') } as never,
      onWritable: (now) => void writable.push(now),
    });
    let broken = true;
    let retries = 0;
    health.onRetry(async () => {
      retries++;
      if (broken) throw new Error('disk is full');
    });
    health.failed(new Error('disk is full'));
    return {
      ...{ health, said, writable, retries: () => retries },
      repair: () => {
        broken = false;
      },
    };
  }

  it('warns once a minute and tries every second, until it works', async () => {
    const { health, said, writable, retries, repair } = failing();
    await vi.advanceTimersByTimeAsync(59_500);
    expect([said, retries()]).toEqual([['warn'], 59]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(said).toEqual(['warn', 'warn']);
    expect(health.warnings()).toEqual([expect.stringContaining('disk is full')]);
    repair();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(said).toEqual(['warn', 'warn', 'info']);
    expect(health.warnings()).toEqual([]);
    expect(writable).toEqual([false, true]);
    const before = retries();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(retries()).toBe(before);
  });

  it('keeps a warning about another matter until it is over', () => {
    const { health, said } = failing();
    health.note('clock', 'The clock is ahead.');
    expect(health.warnings()).toEqual([expect.stringContaining('disk is full'), 'The clock is ahead.']);
    health.note('clock', null);
    health.note('clock', null);
    expect(health.warnings()).toHaveLength(1);
    expect(said).toEqual(['warn', 'warn', 'info']);
  });

  it('stops retrying once it is stopped', async () => {
    const { health, retries } = failing();
    health.stop();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(retries()).toBe(0);
  });
});

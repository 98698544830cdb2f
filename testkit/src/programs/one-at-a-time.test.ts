import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { oneAtATime } from './one-at-a-time.ts';

const folder = mkdtempSync(join(tmpdir(), 'coppice-lock-'));
const lock = join(folder, 'deep/lock');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('works one after the other, and leaves no lock behind', async () => {
  let [now, most] = [0, 0];
  const work = async () => {
    most = Math.max(most, ++now);
    await sleep(5);
    now--;
  };
  await Promise.all([oneAtATime(lock, work), oneAtATime(lock, work), oneAtATime(lock, work)]);
  expect({ now, most, left: existsSync(lock) }).toEqual({ now: 0, most: 1, left: false });
});

it('releases the lock when the work fails', async () => {
  await expect(oneAtATime(lock, () => Promise.reject(new Error('no disk')))).rejects.toThrow('no disk');
  expect(existsSync(lock)).toBe(false);
});

it('takes over from a process that ended', async () => {
  writeFileSync(lock, '');
  utimesSync(lock, new Date(0), new Date(0));
  expect(await oneAtATime(lock, async () => 'done')).toBe('done');
});

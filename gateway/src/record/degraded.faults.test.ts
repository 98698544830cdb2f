import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  appendUntil,
  aRow,
  CHANGE,
  type OpenedForTest,
  openForTest,
  type Settings,
  stateAt,
} from '@coppice/testkit/record/databases';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { DatabaseHealth } from '../storage/database-health.ts';
import { StorageUnavailableError } from '../storage/port/errors.ts';

async function open(settings: Settings, config = {}): Promise<OpenedForTest> {
  const opened = await openForTest(settings, { config });
  onTestFinished(() => opened.record.close());
  return opened;
}

describe('a database that cannot be opened at the start', () => {
  it('is logged, delays nothing, and is used as soon as it can be', async () => {
    const root = mkdtempSync(join(tmpdir(), 'coppice-degraded-'));
    onTestFinished(() => rmSync(root, { recursive: true, force: true }));
    const DATA_DIR = join(root, 'data');
    writeFileSync(DATA_DIR, 'in the way');
    const opened = await open({ DATA_DIR }, { queueRows: 100 });
    const { record, control } = opened;
    expect(opened.writable()).toBe(false);
    expect(record.warnings()).toEqual([expect.stringContaining('retrying every second')]);
    expect(await control.load()).toBeNull();
    expect(await control.save(stateAt(1), CHANGE)).toBe(true);
    expect(await control.save(stateAt(1), CHANGE)).toBe(false);
    expect(await control.save(stateAt(2), CHANGE)).toBe(true);
    expect(await control.load()).toEqual(stateAt(2));
    const rows = Array.from({ length: 150 }, () => aRow());
    for (const row of rows) record.append(row);
    await record.flush();
    expect(opened.dropped()).toBe(50);
    await expect(record.history({ limit: 1 })).rejects.toThrow(StorageUnavailableError);
    expect(opened.log.filter(({ message }) => message.startsWith('the record cannot be written'))).toHaveLength(1);

    rmSync(DATA_DIR);
    await expect.poll(() => opened.writable(), { timeout: 20_000 }).toBe(true);
    await expect.poll(() => record.warnings(), { timeout: 20_000 }).toEqual([]);
    const { predictions } = await record.history({ limit: 1000 });
    expect(predictions).toHaveLength(100);
    await expect
      .poll(async () => (await control.audit(10)).map((entry) => entry.revision), { timeout: 20_000 })
      .toEqual([2, 1]);
    expect(opened.log).toContainEqual({ level: 'info', message: 'the record is writable again' });
  });

  /** A gateway that opens a database of revision 2 while something is in its way; `back` puts it there. */
  async function openAway() {
    const root = mkdtempSync(join(tmpdir(), 'coppice-degraded-'));
    onTestFinished(() => rmSync(root, { recursive: true, force: true }));
    const DATA_DIR = join(root, 'data');
    const earlier = await open({ DATA_DIR });
    await earlier.control.save(stateAt(1), CHANGE);
    await earlier.control.save(stateAt(2), CHANGE);
    await earlier.record.close();
    execFileSync('mv', [DATA_DIR, join(root, 'away')]);
    writeFileSync(DATA_DIR, 'in the way');
    const back = () => {
      rmSync(DATA_DIR);
      execFileSync('mv', [join(root, 'away'), DATA_DIR]);
    };
    return { ...(await open({ DATA_DIR })), back };
  }

  it('reports its stored state when it comes back', async () => {
    const { control, back } = await openAway();
    const reported: unknown[] = [];
    control.onChange((change) => reported.push(change));
    expect(await control.load()).toBeNull();
    back();
    await expect.poll(() => reported, { timeout: 20_000 }).toEqual([stateAt(2)]);
  });

  it("lets the operator's new decision win when it comes back", async () => {
    const { control, back, writable } = await openAway();
    await control.load();
    await control.save({ ...stateAt(1), weights: { v1: 77, v2: 1 } }, CHANGE);
    back();
    await expect.poll(() => writable(), { timeout: 20_000 }).toBe(true);
    await expect
      .poll(() => control.load(), { timeout: 20_000 })
      .toMatchObject({ revision: 3, weights: { v1: 77, v2: 1 } });
  });
});

describe('a disk that is full', () => {
  it('stops no append, is logged once, is counted beyond the queue, and recovers by itself', async () => {
    const disk = smallDisk();
    onTestFinished(disk.remove);
    const opened = await open({ DATA_DIR: disk.directory }, { queueRows: 500 });
    const { record, control } = opened;
    const before = aRow();
    record.append(before);
    await record.flush();
    disk.fill();
    await appendUntil(opened, false);
    expect(record.warnings()).toHaveLength(1);
    for (let i = 0; i < 1000; i++) record.append(aRow());
    expect(opened.dropped()).toBeGreaterThanOrEqual(500);
    expect(await control.save(stateAt(1), CHANGE)).toBe(true);
    expect(opened.log.filter(({ message }) => message.startsWith('the record cannot be written'))).toHaveLength(1);

    disk.free();
    const after = await appendUntil(opened, true);
    expect(record.warnings()).toEqual([]);
    await expect.poll(async () => (await record.find(after))?.prediction_id, { timeout: 20_000 }).toBe(after);
    expect((await record.find(before.id))?.prediction_id).toBe(before.id);
    await expect.poll(async () => (await control.audit(1))[0]?.revision, { timeout: 20_000 }).toBe(1);
  });
});

describe('a volume that is read-only', () => {
  it('is found at the start, logged once although little is written, and used when it can be written', async () => {
    const volume = readOnlyVolume();
    onTestFinished(volume.remove);
    const before = await open({ DATA_DIR: join(volume.source, 'data') });
    await before.record.close();
    volume.lock();
    const failed = vi.spyOn(DatabaseHealth.prototype, 'failed');
    onTestFinished(() => failed.mockRestore());
    const { record, control, log, writable } = await open({ DATA_DIR: join(volume.directory, 'data') });
    expect(writable()).toBe(false);
    expect(await control.save(stateAt(1), CHANGE)).toBe(true);
    await expect.poll(() => failed.mock.calls.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(3);
    expect(log.filter(({ message }) => message.startsWith('the record cannot be written'))).toHaveLength(1);
    const row = aRow();
    record.append(row);
    volume.unlock();
    await expect.poll(writable, { timeout: 20_000 }).toBe(true);
    expect((await record.find(row.id))?.prediction_id).toBe(row.id);
    await expect.poll(async () => (await control.audit(1))[0]?.revision, { timeout: 20_000 }).toBe(1);
  });
});

type Volume = { source: string; directory: string; lock(): void; unlock(): void; remove(): void };

/** A directory that can be made read-only: for root, whom permissions do not stop, by a mount of `source`. */
function readOnlyVolume(): Volume {
  const root = mkdtempSync(join(tmpdir(), 'coppice-volume-'));
  const run = (...command: [string, ...string[]]) => execFileSync(command[0], command.slice(1), { stdio: 'pipe' });
  const remove = () => rmSync(root, { recursive: true, force: true });
  if (process.getuid?.() !== 0)
    return {
      ...{ source: root, directory: root, remove },
      lock: () => run('chmod', '-R', 'a-w', root),
      unlock: () => run('chmod', '-R', 'u+w', root),
    };
  const [source, directory] = [join(root, 'source'), join(root, 'volume')];
  for (const made of [source, directory]) mkdirSync(made);
  run('mount', '--bind', source, directory);
  return {
    ...{ source, directory },
    lock: () => run('mount', '-o', 'remount,bind,ro', directory),
    unlock: () => run('mount', '-o', 'remount,bind,rw', directory),
    remove() {
      run('umount', '--lazy', directory);
      remove();
    },
  };
}

type SmallDisk = { directory: string; fill(): void; free(): void; remove(): void };

/** A disk that a test can fill: a small tmpfs where this may be mounted (root), else this process's own limit of file sizes. */
function smallDisk(): SmallDisk {
  const directory = mkdtempSync(join(tmpdir(), 'coppice-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', directory], { stdio: 'pipe' });
  } catch {
    return limitedFiles(directory);
  }
  const data = join(directory, 'data');
  mkdirSync(data);
  return {
    directory: data,
    fill() {
      try {
        for (let i = 0; ; i++) writeFileSync(join(directory, `filler-${i}`), Buffer.alloc(4096));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    },
    free: () => execFileSync('sh', ['-c', 'rm -f "$0"/filler-*', directory]),
    remove() {
      execFileSync('umount', ['--lazy', directory]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function limitedFiles(directory: string): SmallDisk {
  const limit = (bytes: string) => execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:`]);
  return {
    directory,
    fill: () => limit('4096'),
    free: () => limit('unlimited'),
    remove: () => {
      limit('unlimited');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

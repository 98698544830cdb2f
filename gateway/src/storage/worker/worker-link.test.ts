import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { StorageUnavailableError } from '../port/errors.ts';
import { StoreFaultError } from './wire.ts';
import { WorkerLink } from './worker-link.ts';

function open(file: (folder: string) => string) {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-link-'));
  const retention = { maxRows: 10, maxDays: 1 };
  const database = { kind: 'sqlite' as const, file: file(folder) };
  const link = new WorkerLink({ database, retention, role: 'write', concurrent: false });
  onTestFinished(async () => {
    await link.close();
    rmSync(folder, { recursive: true });
  });
  return link;
}

it('refuses a call that no store has, and goes on', async () => {
  const link = open((folder) => join(folder, 'coppice.db'));
  // types prevent such a call; the thread must not answer it with nothing
  const misspelt = 'lod' as 'load';
  await expect(link.call('control', misspelt, [])).rejects.toThrow(StoreFaultError);
  // only the reading thread has it
  await expect(link.call('history', 'recent', [1])).rejects.toThrow('this database has no call history.recent');
  expect(await link.call('control', 'load', [])).toBeNull();
});

it('says that a database cannot be opened as unavailable', async () => {
  const link = open((folder) => folder);
  await expect(link.call('control', 'load', [])).rejects.toThrow(StorageUnavailableError);
});

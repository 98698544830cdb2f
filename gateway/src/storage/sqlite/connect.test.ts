import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { backupSqlite } from './backup-sqlite.ts';
import { connectForWriting } from './connect.ts';

let folder: string;

beforeEach(() => {
  const before = process.umask(0o022);
  folder = mkdtempSync(join(tmpdir(), 'coppice-connect-'));
  onTestFinished(() => {
    process.umask(before);
    rmSync(folder, { recursive: true });
  });
});

const modesIn = (place: string) =>
  Object.fromEntries(
    readdirSync(place).map((name) => [name, (statSync(join(place, name)).mode & 0o777).toString(8)] as const),
  );
const write = 'UPDATE row_count SET rows = rows';

it('database, WAL and shared memory belong to their owner alone, under any umask', () => {
  const data = join(folder, 'data');
  const db = connectForWriting(join(data, 'coppice.db'));
  db.exec(write);
  expect(modesIn(data)).toEqual({ 'coppice.db': '600', 'coppice.db-wal': '600', 'coppice.db-shm': '600' });
  expect(modesIn(folder)).toEqual({ data: '700' });
  db.close();
});

it('takes the files of an earlier version away from others', () => {
  const file = join(folder, 'coppice.db');
  connectForWriting(file).close();
  writeFileSync(`${file}-wal`, '');
  for (const one of [file, `${file}-wal`]) chmodSync(one, 0o644);
  const db = connectForWriting(file);
  db.exec(write);
  expect(new Set(Object.values(modesIn(folder)))).toEqual(new Set(['600']));
  db.close();
});

it('a backup belongs to its owner alone while it is written', async () => {
  const file = join(folder, 'coppice.db');
  connectForWriting(file).close();
  const seen = new Set<string>();
  const look = () => {
    for (const mode of Object.values(modesIn(join(folder, 'to')))) seen.add(mode);
  };
  await backupSqlite(file, join(folder, 'to/coppice.db'), { onProgress: look });
  look();
  expect([...seen]).toEqual(['600']);
  expect(modesIn(folder).to).toBe('700');
});
